"""Other ways to write the same trees: a dialect is a reader, a printer and a table of names."""
