"""Strategies: a template with its parameters under a name. They are kept and backtested; trading them is not offered."""

from __future__ import annotations

from quantgpt.faces.signed.calls import Answer, Call, as_json
from quantgpt.faces.signed.endpoints import Endpoint
from quantgpt.faces.signed.refusals import Refusal
from quantgpt.services.signed import strategies

PATH = "/v1/strategies"
_FILTERS = ("status", "limit", "cursor")


def create(call: Call) -> Answer:
    """Keep a strategy."""
    made = strategies.create(call.app, call.caller.owner_id, call.object())
    return Answer(as_json(made), headers={"Location": f"{PATH}/{made['id']}"})


def page(call: Call) -> Answer:
    """Strategies, the newest first."""
    return Answer(as_json(strategies.page(call.app, call.caller.owner_id, call.query)))


def get(call: Call) -> Answer:
    """One strategy."""
    return Answer(as_json(strategies.get(call.app, call.caller.owner_id, call.values["id"])))


def change(call: Call) -> Answer:
    """Change what the body names; `params` are replaced whole."""
    changed = strategies.change(call.app, call.caller.owner_id, call.values["id"], call.object())
    return Answer(as_json(changed))


def delete(call: Call) -> Answer:
    """Forget a strategy; jobs that were made with it stay as they are."""
    return Answer(as_json(strategies.delete(call.app, call.caller.owner_id, call.values["id"])))


def not_offered(call: Call) -> Answer:
    """This server trades nothing; of one's own strategies it says so."""
    strategies.get(call.app, call.caller.owner_id, call.values["id"])
    raise Refusal(501, "NOT_IMPLEMENTED", "this server backtests strategies and does not trade them")


_ONE = f"{PATH}/{{id}}"

ENDPOINTS = (
    Endpoint(method="POST", path=PATH, weight=5, answer=create, scope="strategies:write"),
    Endpoint(method="GET", path=PATH, weight=2, answer=page, scope="strategies:read", query=_FILTERS),
    Endpoint(method="GET", path=_ONE, weight=1, answer=get, scope="strategies:read"),
    Endpoint(method="PATCH", path=_ONE, weight=5, answer=change, scope="strategies:write"),
    Endpoint(method="DELETE", path=_ONE, weight=5, answer=delete, scope="strategies:write"),
    Endpoint(method="POST", path=f"{_ONE}/deploy", weight=10, answer=not_offered, scope="strategies:write"),
    Endpoint(method="POST", path=f"{_ONE}/pause", weight=5, answer=not_offered, scope="strategies:write"),
)
