"""The signed interface at /v1: backtest jobs of strategy templates for programs with a key, and the market data beside them."""
