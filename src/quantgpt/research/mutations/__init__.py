"""Ways to change a factor, one strategy per file: from a tree to trees that are valid in the open market."""

from quantgpt.research.mutations._base import MOST_WARMUP, MUTATIONS, Ground, Mutation, mutation_names, mutations

__all__ = ["MOST_WARMUP", "MUTATIONS", "Ground", "Mutation", "mutation_names", "mutations"]
