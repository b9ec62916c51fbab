"""The vocabulary of expressions: one family of operators per file, found through the registry."""
