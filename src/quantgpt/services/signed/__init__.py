"""Signed backtest jobs: keys, limits, configuration, jobs, market data of pairs, results."""

from quantgpt.services.signed import backtests

__all__ = ["backtests"]
