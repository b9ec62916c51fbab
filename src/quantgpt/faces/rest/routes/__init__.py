"""Routes, one module per noun, each with a `router`."""
