"""Fused machine code for whole plans: a small language of lanes, its translation to LLVM, and where the results live."""
