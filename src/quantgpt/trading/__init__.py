"""The rulebook of the A-share market: boards, price limits, lots, T+1, tradability and costs, all by date."""
