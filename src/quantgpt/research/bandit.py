"""Which strategy to try next: discounted Thompson sampling over what each has earned in this lineage so far."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

DISCOUNT = 0.97
"""weight that an observation keeps for each later one of the lineage"""
PRIOR = 1.0
"""imagined successes and failures of a strategy that was never tried"""
PULL = 2.0
"""imagined successes that the diagnosis adds to the strategy it names"""
SCALE = 8.0
"""points of score that count as a clear gain"""


def reward(score: float | None, parent_score: float) -> float:
    """What a candidate earned its strategy: 0 where it failed, one half for the parent's score, near 1 far above it.

    Both scores are of the unsealed part.

    >>> reward(None, 40.0), reward(40.0, 40.0), round(reward(60.0, 40.0), 2)
    (0.0, 0.5, 0.92)
    """
    if score is None or not math.isfinite(score):
        return 0.0
    return 1.0 / (1.0 + math.exp(-(score - parent_score) / SCALE))


@dataclass
class Bandit:
    """What is known of the strategies of one lineage. `pull` names the one that the diagnosis suggests."""

    strategies: Sequence[str]
    pull: str | None = None
    discount: float = DISCOUNT
    gained: dict[str, float] = field(default_factory=dict)
    lost: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(
        cls, strategies: Sequence[str], history: Iterable[tuple[str, float]] = (), *, pull: str | None = None
    ) -> Bandit:
        """What a lineage has learned from (strategy, reward) pairs, oldest first."""
        made = cls(tuple(strategies), pull)
        for strategy, earned in history:
            made.learn(strategy, earned)
        return made

    def learn(self, strategy: str, earned: float) -> None:
        """Take in one reward between 0 and 1; older ones fade. A strategy that is none of these is passed over."""
        if strategy not in self.strategies:
            return
        for known in self.strategies:
            self.gained[known] = self.gained.get(known, 0.0) * self.discount
            self.lost[known] = self.lost.get(known, 0.0) * self.discount
        share = min(max(earned, 0.0), 1.0)
        self.gained[strategy] += share
        self.lost[strategy] += 1.0 - share

    def beliefs(self) -> Mapping[str, tuple[float, float]]:
        """Beta parameters by strategy."""
        return {
            name: (
                PRIOR + self.gained.get(name, 0.0) + (PULL if name == self.pull else 0.0),
                PRIOR + self.lost.get(name, 0.0),
            )
            for name in self.strategies
        }

    def choose(self, rng: random.Random) -> str:
        """One strategy, drawn as often as it is likely to be the best."""
        draws = {name: rng.betavariate(a, b) for name, (a, b) in self.beliefs().items()}
        return max(draws, key=lambda name: (draws[name], name))

    def batch(self, size: int, rng: random.Random) -> list[str]:
        """Strategies of one generation: no strategy takes more than half of it, rounded up, as long as others exist."""
        most = max(1, math.ceil(size / 2))
        chosen: list[str] = []
        for _ in range(size):
            order = sorted(self._drawn(rng), reverse=True)
            free = [name for _, name in order if chosen.count(name) < most]
            chosen.append(free[0] if free else order[0][1])
        return chosen

    def _drawn(self, rng: random.Random) -> list[tuple[float, str]]:
        return [(rng.betavariate(a, b), name) for name, (a, b) in self.beliefs().items()]
