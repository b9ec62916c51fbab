"""The budget of a task's questions, on a clock that only moves when it is told to."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from quantgpt.foundations.chat import PASSING, Answer, FaultKind, Message, ModelFault
from quantgpt.research.asking import Asking

ASKED = [Message("user", "x")]


@dataclass
class Clock:
    """Seconds that pass by sleeping and by asking."""

    now: float = 100.0
    slept: list[float] = field(default_factory=list)

    def read(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@dataclass
class Scripted:
    """A model that gives what it is told to give, each after so many seconds."""

    clock: Clock
    script: list[Answer | ModelFault]
    takes: float = 1.0
    name: str = "scripted"
    bounds: list[float] = field(default_factory=list)

    def ask(self, messages, *, max_tokens, temperature, seconds):
        self.bounds.append(seconds)
        self.clock.now += min(self.takes, seconds)
        said = self.script.pop(0)
        if isinstance(said, ModelFault):
            raise said
        return said


def answer(text="y", requests=1):
    return Answer(text=text, model="m", prompt_tokens=10, completion_tokens=1, requests=requests)


def asking(*script, takes=1.0, **how):
    clock, rows = Clock(), []
    made = Asking(
        model=Scripted(clock, list(script), takes), purpose="test", receipt=rows.append,
        **{"sleep": clock.sleep, "clock": clock.read, "pause": 0.5, **how},
    )  # fmt: skip
    return made, clock, rows


def test_each_request_has_its_receipt():
    made, _, rows = asking(ModelFault("server"), answer())
    made.ask(ASKED)
    assert [(r["ok"], r["fault"], r["seconds"], r["prompt_tokens"]) for r in rows] == [
        (False, "server", 1.0, None),
        (True, None, 1.0, 10),
    ]
    assert rows[0]["prompt_hash"] == rows[1]["prompt_hash"] == made.prompt_hash
    assert (rows[0]["answer_hash"], rows[1]["answer_hash"]) == (None, made.answer_hash)
    assert (made.used, made.prompt_tokens, made.completion_tokens) == (2, 10, 1)


def test_an_answer_that_took_two_requests_counts_twice():
    made, _, rows = asking(answer(requests=2))
    made.ask(ASKED)
    assert made.used == 2
    assert [(r["ok"], r["fault"], r["prompt_tokens"]) for r in rows] == [(False, "refused", None), (True, None, 10)]


@pytest.mark.parametrize("kind", sorted(PASSING))
def test_what_passes_is_forgiven_twice_over_the_whole_task(kind: FaultKind):
    made, clock, _ = asking(ModelFault(kind), answer(), ModelFault(kind), ModelFault(kind), calls=9)
    made.ask(ASKED)
    with pytest.raises(ModelFault) as caught:
        made.ask(ASKED)
    assert (caught.value.kind, made.used, clock.slept) == (kind, 4, [0.5, 0.5])


@pytest.mark.parametrize("kind", ["refused", "unauthorized", "budget"])
def test_what_stays_is_not_asked_again(kind: FaultKind):
    made, clock, _ = asking(ModelFault(kind))
    with pytest.raises(ModelFault):
        made.ask(ASKED)
    assert (made.used, clock.slept) == (1, [])


def test_the_wish_to_be_left_alone_is_honoured_within_the_budget():
    made, clock, _ = asking(ModelFault("rate_limited", retry_after=30.0), answer())
    made.ask(ASKED)
    assert clock.slept == [30.0]


def test_a_wish_that_outlasts_the_budget_ends_the_task_at_once():
    made, clock, _ = asking(ModelFault("rate_limited", retry_after=119.5), answer())
    with pytest.raises(ModelFault) as caught:
        made.ask(ASKED)
    assert (caught.value.retry_after, clock.slept) == (119.5, [])


def test_the_whole_task_stays_within_its_seconds():
    made, clock, _ = asking(*[ModelFault("timeout")] * 9, takes=60.0, calls=9, faults=9)
    with pytest.raises(ModelFault):
        made.ask(ASKED)
    assert clock.now - 100.0 <= 120.0
    assert made.model.bounds == [60.0, 59.5]


def test_no_call_is_left_after_the_last():
    made, _, rows = asking(answer(), answer(), calls=1)
    made.ask(ASKED)
    with pytest.raises(ModelFault) as caught:
        made.ask(ASKED)
    assert (caught.value.kind, len(rows)) == ("budget", 1)
