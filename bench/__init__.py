"""Benchmarks: each of our speed claims beside its peer, measured in one run."""
