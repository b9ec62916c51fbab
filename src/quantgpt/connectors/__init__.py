"""The outside world: sources of market data."""
