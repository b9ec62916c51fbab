"""Reading stored results: in pieces, the very text that was printed."""

from __future__ import annotations

import json
import threading

import pytest

from quantgpt.foundations.hashing import canonical_json
from quantgpt.services.signed import stored


def outcome_of(result: str, details: dict[str, object]) -> str:
    return canonical_json({"result": result, "details": details})


def long_result(trades: int) -> str:
    rows = [{"id": number, "qty": f"{number}.5", "note": 'a "quoted" \\ part, 汉\n'} for number in range(trades)]
    return json.dumps({"metrics": {"sharpe": None}, "trades": rows}, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize("trades", [0, 1, 3_000, 40_000])
def test_a_result_is_read_as_it_was_printed(trades: int) -> None:
    text = long_result(trades)
    details: dict[str, object] = {"causes": ['odd "result":"', ',"result":"'], "skipped": {"margin": 0}}
    outcome = outcome_of(text, details)
    assert stored.result_of(outcome) == text
    assert stored.details_of(outcome) == details


def test_any_size_of_a_piece_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    text = long_result(40)
    outcome = outcome_of(text, {})
    for size in (1, 2, 7, 64, 1_000):
        monkeypatch.setattr(stored, "PIECE", size)
        assert stored.result_of(outcome) == text


def test_other_forms_are_read_whole() -> None:
    outcome = json.dumps({"result": "{}", "details": {"fills": 1}}, indent=1)
    assert (stored.result_of(outcome), stored.details_of(outcome)) == ("{}", {"fills": 1})


def test_many_large_results_at_once_all_arrive() -> None:
    text = long_result(40_000)
    outcome = outcome_of(text, {})
    assert len(outcome) > stored.LARGE
    seen: list[bool] = []
    readers = [threading.Thread(target=lambda: seen.append(stored.result_of(outcome) == text)) for _ in range(6)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert seen == [True] * 6
