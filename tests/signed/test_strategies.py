"""Stored strategies: made, read, listed, changed, removed, under names of their own."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.signed._asking import account, make

from quantgpt.records import LOCAL_ADMIN
from quantgpt.services._base import App
from quantgpt.services.signed import jobs, strategies
from quantgpt.services.signed.faults import DuplicateName, InvalidParameter, NotYours, UnknownSymbol

pytestmark = pytest.mark.xdist_group("records")

BODY: dict[str, Any] = {
    "name": "grid one",
    "template_id": "tpl_grid",
    "params": {"grid_levels": 8, "upper_price": "72000", "lower_price": "60000"},
    "symbols": ["BTCUSDT"],
    "timeframe": "1h",
    "capital": "1000.00",
}
KEYS = [
    "id", "name", "template_id", "params", "symbols", "timeframe", "capital", "leverage", "status", "deployed_at",
    "created_at", "updated_at", "stats",
]  # fmt: skip


def test_a_strategy_is_stored_as_a_draft_that_never_traded(anywhere: App) -> None:
    made = strategies.create(anywhere, LOCAL_ADMIN, BODY)
    assert list(made) == KEYS
    assert re.fullmatch(r"strat_[0-9a-f]{8}", made["id"])
    assert {name: made[name] for name in BODY} == BODY
    assert (made["leverage"], made["status"], made["deployed_at"]) == (1, "draft", None)
    assert made["stats"] == {"open_positions": 0, "total_pnl": "0.00", "total_trades": 0, "win_rate": "0.000000"}
    assert strategies.get(anywhere, LOCAL_ADMIN, made["id"]) == made


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "x" * 65}),
        ("name", {"name": "a\nb"}),
        ("name", {"name": None}),
        ("template_id", {"template_id": "tpl_x"}),
        ("params.upper_price", {"params": {**BODY["params"], "upper_price": "1"}}),
        ("params", {"params": None}),
        ("symbols", {"symbols": ["BTCUSDT", "ETHUSDT"]}),
        ("capital", {"capital": "99"}),
        ("leverage", {"leverage": 21}),
        ("timeframe", {"timeframe": "3h"}),
        ("capitl", {"capitl": "1"}),
        ("start", {"start": "2025-01-01T00:00:00Z"}),
    ],
)
def test_a_strategy_that_cannot_be_is_refused(installed: App, field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidParameter) as caught:
        strategies.create(installed, LOCAL_ADMIN, {**BODY, **changes})
    assert field in [fault.field for fault in caught.value.faults]
    assert strategies.page(installed, LOCAL_ADMIN, {})["data"] == []


def test_an_unknown_symbol_has_its_own_code(installed: App) -> None:
    with pytest.raises(UnknownSymbol):
        strategies.create(installed, LOCAL_ADMIN, {**BODY, "symbols": ["XXXUSDT"]})


def test_names_are_unique_per_account(anywhere: App) -> None:
    first = strategies.create(anywhere, LOCAL_ADMIN, BODY)
    with pytest.raises(DuplicateName) as caught:
        strategies.create(anywhere, LOCAL_ADMIN, BODY)
    assert caught.value.code == "DUPLICATE_NAME"
    second = strategies.create(anywhere, LOCAL_ADMIN, {**BODY, "name": "two"})
    with pytest.raises(DuplicateName):
        strategies.change(anywhere, LOCAL_ADMIN, second["id"], {"name": BODY["name"]})
    assert strategies.change(anywhere, LOCAL_ADMIN, first["id"], {"name": BODY["name"]})["name"] == BODY["name"]
    assert strategies.create(anywhere, account(anywhere, "other"), BODY)["name"] == BODY["name"]


def test_of_many_at_once_with_one_name_one_is_stored(anywhere: App) -> None:
    def ask(_: int) -> bool:
        try:
            strategies.create(anywhere, LOCAL_ADMIN, BODY)
        except DuplicateName:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(ask, range(12))) == 1


def test_a_change_replaces_params_whole_and_checks_everything_again(anywhere: App) -> None:
    made = strategies.create(anywhere, LOCAL_ADMIN, BODY)
    other = {"grid_levels": 4, "upper_price": "80000", "lower_price": "50000", "mode": "short"}
    changed = strategies.change(anywhere, LOCAL_ADMIN, made["id"], {"params": other, "leverage": 2})
    assert (changed["params"], changed["leverage"], changed["capital"]) == (other, 2, "1000.00")
    assert strategies.get(anywhere, LOCAL_ADMIN, made["id"]) == changed
    for bad in (
        {"template_id": "tpl_dca"},
        {"params": {"grid_levels": 4}},
        {"leverage": None},
        {},
        {"status": "deployed"},
    ):
        with pytest.raises(InvalidParameter):
            strategies.change(anywhere, LOCAL_ADMIN, made["id"], bad)
    assert strategies.get(anywhere, LOCAL_ADMIN, made["id"]) == changed
    moved = {"template_id": "tpl_dca", "params": {"interval": "1d", "buy_amount": "100"}}
    assert strategies.change(anywhere, LOCAL_ADMIN, made["id"], moved)["template_id"] == "tpl_dca"


def test_nobody_sees_changes_or_removes_what_is_not_theirs(anywhere: App) -> None:
    made = strategies.create(anywhere, account(anywhere, "other"), BODY)
    for strategy_id in (made["id"], "strat_00000000", "x", "strat_\x00"):
        for touch in (
            strategies.get,
            strategies.delete,
            lambda app, owner, wanted: strategies.change(app, owner, wanted, {"leverage": 2}),
        ):
            with pytest.raises(NotYours):
                touch(anywhere, LOCAL_ADMIN, strategy_id)
    assert strategies.get(anywhere, account(anywhere, "other"), made["id"]) == made


def test_a_removed_strategy_is_gone_and_its_jobs_stay(anywhere: App) -> None:
    made = strategies.create(anywhere, LOCAL_ADMIN, BODY)
    window = {"start": "2025-01-01T00:00:00Z", "end": "2025-02-01T00:00:00Z"}
    job, _ = jobs.create(anywhere, LOCAL_ADMIN, {"strategy_id": made["id"], **window})
    before = jobs.job_text(job)
    assert strategies.delete(anywhere, LOCAL_ADMIN, made["id"]) == {"deleted": True, "id": made["id"]}
    with pytest.raises(NotYours):
        strategies.delete(anywhere, LOCAL_ADMIN, made["id"])
    assert jobs.job_text(jobs.get(anywhere, LOCAL_ADMIN, job.id)) == before
    assert make(anywhere).id != job.id


def test_pages_hold_every_strategy_once_newest_first(anywhere: App) -> None:
    made = [strategies.create(anywhere, LOCAL_ADMIN, {**BODY, "name": f"n{n}"}) for n in range(5)]
    whole = [row["id"] for row in strategies.page(anywhere, LOCAL_ADMIN, {})["data"]]
    assert sorted(whole) == sorted(row["id"] for row in made)
    found, query = [], {"limit": "2"}
    while True:
        page = strategies.page(anywhere, LOCAL_ADMIN, query)
        found += [row["id"] for row in page["data"]]
        if page["next_cursor"] is None:
            break
        query = {"limit": "2", "cursor": page["next_cursor"]}
    assert found == whole
    assert len(strategies.page(anywhere, LOCAL_ADMIN, {"status": "draft"})["data"]) == 5
    assert strategies.page(anywhere, LOCAL_ADMIN, {"status": "paused"}) == {"data": [], "next_cursor": None}
    with pytest.raises(InvalidParameter):
        strategies.page(anywhere, LOCAL_ADMIN, {"status": "queued"})
    with pytest.raises(InvalidParameter):
        strategies.page(anywhere, LOCAL_ADMIN, {"status": "draft", "cursor": query["cursor"]})
