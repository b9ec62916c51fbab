"""The grid engine: its lines, and the compiled walk of its orders over the bars."""
