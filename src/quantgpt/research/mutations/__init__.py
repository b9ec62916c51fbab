"""Ways to change a factor, one strategy per file: from a tree to trees that are valid in the open market."""

from quantgpt.research.mutations._base import MUTATIONS, Ground, Mutation, mutation_names, mutations

__all__ = ["MUTATIONS", "Ground", "Mutation", "mutation_names", "mutations"]
