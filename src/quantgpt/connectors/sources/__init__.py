"""Sources of market data, one vendor per file."""
