"""Calendar, bars, universes, point-in-time facts and the demo market."""

from quantgpt.market.market import Market
from quantgpt.market.store import MarketStatus, MarketStore
from quantgpt.market.universes import BenchmarkInfo, UniverseInfo

__all__ = ["BenchmarkInfo", "Market", "MarketStatus", "MarketStore", "UniverseInfo"]
