"""Formulas of performance and inference: pure functions of arrays, one home each."""
