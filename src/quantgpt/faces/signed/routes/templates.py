"""The catalogue of strategy templates, with the JSON Schema of their parameters. Public."""

from __future__ import annotations

from quantgpt.faces.signed.calls import Answer, Call, as_json
from quantgpt.faces.signed.endpoints import Endpoint
from quantgpt.services.signed.catalogue import template_object
from quantgpt.templates import TEMPLATES, load_templates, template_of


def page(call: Call) -> Answer:
    """All templates."""
    load_templates()
    rows = [template_object(template) for _, template in TEMPLATES.items()]
    return Answer(as_json({"data": rows, "next_cursor": None}))


def get(call: Call) -> Answer:
    """One template, by its id or an alias."""
    return Answer(as_json(template_object(template_of(call.values["id"]))))


ENDPOINTS = (
    Endpoint(method="GET", path="/v1/templates", weight=1, answer=page, public=True),
    Endpoint(method="GET", path="/v1/templates/{id}", weight=1, answer=get, public=True),
)
