"""A bandit that learns which strategy pays."""

from __future__ import annotations

import random

import pytest

from quantgpt.research.bandit import Bandit, reward

ROUNDS = 50
TABLE = {"a": 0.35, "b": 0.45, "c": 0.5, "d": 0.75, "e": 0.4, "f": 0.3}
"""mean reward of a scripted world"""


def earned(name: str, rng: random.Random) -> float:
    return min(max(rng.gauss(TABLE[name], 0.15), 0.0), 1.0)


def regret(choices: list[str]) -> float:
    best = max(TABLE.values())
    return sum(best - TABLE[name] for name in choices)


def played(seed: int, pull: str | None = None) -> list[str]:
    rng, world = random.Random(seed), random.Random(1000 + seed)
    bandit = Bandit.of(tuple(TABLE), pull=pull)
    chosen = []
    for _ in range(ROUNDS):
        name = bandit.choose(rng)
        bandit.learn(name, earned(name, world))
        chosen.append(name)
    return chosen


def test_regret_is_below_that_of_choosing_uniformly() -> None:
    uniform = ROUNDS * (max(TABLE.values()) - sum(TABLE.values()) / len(TABLE))
    runs = [regret(played(seed)) for seed in range(40)]
    assert sum(runs) / len(runs) < 0.75 * uniform
    assert sum(run < uniform for run in runs) >= 36


def test_learning_goes_on_when_the_world_turns() -> None:
    """After the best strategy stops paying, another one is found."""
    rng, world = random.Random(2), random.Random(3)
    bandit = Bandit.of(tuple(TABLE))
    late = []
    for at in range(400):
        name = bandit.choose(rng)
        mean = TABLE[name] if at < 100 else 1.0 - TABLE[name]
        bandit.learn(name, min(max(world.gauss(mean, 0.1), 0.0), 1.0))
        late.append(name)
    assert late[300:].count("d") < 15
    assert late[300:].count("f") > late[:100].count("f")


def test_the_diagnosis_pulls_at_first_and_yields_to_evidence() -> None:
    first = [Bandit.of(tuple(TABLE), pull="f").choose(random.Random(seed)) for seed in range(300)]
    assert first.count("f") > 1.5 * 300 / len(TABLE)
    learned = [("f", 0.05)] * 12 + [("d", 0.9)] * 12
    later = [Bandit.of(tuple(TABLE), learned, pull="f").choose(random.Random(seed)) for seed in range(300)]
    assert later.count("d") > 10 * max(1, later.count("f"))


def test_same_seed_same_choices() -> None:
    assert played(5) == played(5)
    assert Bandit.of(tuple(TABLE)).batch(8, random.Random(1)) == Bandit.of(tuple(TABLE)).batch(8, random.Random(1))


def test_a_generation_is_never_of_one_kind() -> None:
    bandit = Bandit.of(tuple(TABLE), [("d", 1.0)] * 60)
    for seed in range(50):
        chosen = bandit.batch(5, random.Random(seed))
        assert len(chosen) == 5
        assert max(map(chosen.count, chosen)) <= 3


def test_rewards() -> None:
    assert reward(None, 50.0) == 0.0
    assert reward(float("nan"), 50.0) == 0.0
    assert reward(50.0, 50.0) == pytest.approx(0.5)
    assert reward(70.0, 50.0) > 0.9
    assert reward(30.0, 50.0) < 0.1
    bandit = Bandit.of(("a",))
    bandit.learn("unknown", 1.0)
    assert bandit.beliefs() == {"a": (1.0, 1.0)}
