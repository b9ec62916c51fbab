"""Simulation of one instrument bar by bar: the path inside a bar, fills, fees, margin, liquidation, funding. The rules: docs/bar-simulation.md."""
