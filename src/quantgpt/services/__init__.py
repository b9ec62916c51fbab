"""Use cases, one module per noun; the faces call them and nothing else."""
