"""Wire formats only: each face parses, calls one service, renders."""
