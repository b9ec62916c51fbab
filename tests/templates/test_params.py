"""Parameters of templates: reading, faults, JSON Schema."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from typing import Any

import pytest

from quantgpt.foundations.errors import NotFound
from quantgpt.templates import TEMPLATES, Context, Template, load_templates, template_of
from quantgpt.templates._params import BadParams, Number, plain, read_params

HOUR = 3_600_000
CATALOGUE = ("tpl_breakout", "tpl_dca", "tpl_grid", "tpl_meanrev", "tpl_momentum")
GRID = {"grid_levels": Number("10"), "upper_price": "3600", "lower_price": "2400"}


def context(**changes: Any) -> Context:
    terms: dict[str, Any] = {
        "timeframe_ms": HOUR,
        "symbols": ("BTCUSDT",),
        "capital": Decimal(1000),
        "leverage": 1,
        "maker_rate": Decimal("0.0005"),
        "ticks": {"BTCUSDT": Decimal("0.1")},
        "min_notionals": {"BTCUSDT": Decimal(5)},
    }
    return Context(**{**terms, **changes})


def faults(template: str, params: object, **changes: Any) -> dict[str, str]:
    with pytest.raises(BadParams) as caught:
        template_of(template).read(params, context(**changes))
    return {fault.field: fault.reason for fault in caught.value.faults}


def test_the_catalogue() -> None:
    load_templates()
    assert tuple(TEMPLATES) == CATALOGUE
    assert template_of("tpl_ma_cross").id == "tpl_momentum"
    assert template_of("tpl_rsi").id == "tpl_meanrev"
    assert [t.supports_multi_symbol for _, t in TEMPLATES.items()] == [True, True, False, True, True]
    with pytest.raises(NotFound) as caught:
        template_of("tpl_gird")
    assert caught.value.nearest == "tpl_grid"
    assert caught.value.field == "template_id"


def test_the_catalogue_is_read_without_the_compiler() -> None:
    code = "import sys; from quantgpt.templates import load_templates; load_templates(); print('numba' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_echo_is_what_was_given_in_its_order_and_values_hold_the_defaults() -> None:
    raw = {
        "upper_price": "3600.50",
        "lower_price": Number("2.4e3"),
        "grid_levels": Number("10"),
        "rebalance_threshold": Number("0.020"),
    }
    checked = template_of("tpl_grid").read(raw, context())
    assert list(checked.echo.items()) == [
        ("upper_price", "3600.50"),
        ("lower_price", "2400"),
        ("grid_levels", 10),
        ("rebalance_threshold", "0.020"),
    ]
    assert checked.values == {
        "grid_levels": 10,
        "upper_price": Decimal("3600.5"),
        "lower_price": Decimal(2400),
        "rebalance_threshold": Decimal("0.02"),
        "spacing": "arithmetic",
        "mode": "long",
        "stop_loss_price": None,
        "take_profit_price": None,
    }
    assert template_of("tpl_momentum").read({}, context()).values["position_pct"] == Decimal(1)
    assert template_of("tpl_momentum").read({}, context()).echo == {}


def test_null_is_not_given() -> None:
    """As in the fields of a job."""
    checked = template_of("tpl_momentum").read({"fast": Number("5"), "ma_type": None, "slow": None}, context())
    assert checked.echo == {"fast": 5}
    assert (checked.values["slow"], checked.values["ma_type"]) == (50, "ema")
    assert faults("tpl_grid", {**GRID, "upper_price": None}) == {"params.upper_price": "is required"}
    assert list(faults("tpl_grid", {**GRID, "upper": None})) == ["params.upper"]


@pytest.mark.parametrize(
    "value",
    [
        True, False, None, [], {}, 1.5, "", " 1", "1 ", "NaN", "Infinity", "-Infinity", "nan", "1,5", "1_000", "0x10", "１２", "٣", "--1", "1e",
        "1e9999", ".", "1.123456789", "1e-9", "0." + "1" * 39, "9" * 41, Number("9" * 41), Number("1e400"), "-1", "0", "1000000001",
    ],
)  # fmt: skip
def test_what_is_no_price(value: object) -> None:
    assert list(faults("tpl_grid", {**GRID, "upper_price": value})) == ["params.upper_price"]


@pytest.mark.parametrize(
    "value", [True, None, "10", Number("10.5"), Number("1"), Number("201"), 10.0, Number("-3"), [10], Number("1e300")]
)
def test_what_is_no_number_of_lines(value: object) -> None:
    assert list(faults("tpl_grid", {**GRID, "grid_levels": value})) == ["params.grid_levels"]


@pytest.mark.parametrize(
    ("value", "echo"),
    [
        (Number("3600"), "3600"),
        (Number("3.6E3"), "3600"),
        ("3600.00", "3600.00"),
        ("+3600", "3600"),
        (3600, "3600"),
        ("3600.", "3600"),
        ("003600", "003600"),
    ],
)
def test_prices_that_are_fine(value: object, echo: str) -> None:
    checked = template_of("tpl_grid").read({**GRID, "upper_price": value}, context())
    assert checked.echo["upper_price"] == echo
    assert checked.values["upper_price"] == 3600


def test_a_long_literal_is_not_rounded_before_it_is_judged() -> None:
    assert list(faults("tpl_grid", {**GRID, "upper_price": "3600.00000000000000000000000000000001"})) == [
        "params.upper_price"
    ]
    assert template_of("tpl_grid").read({**GRID, "upper_price": "3600.000000000000000000000000000"}, context())


def test_whole_numbers_in_any_spelling_are_integers() -> None:
    checked = template_of("tpl_grid").read({**GRID, "grid_levels": Number("1.0e1")}, context())
    assert checked.echo["grid_levels"] == 10
    assert isinstance(checked.echo["grid_levels"], int)


def test_every_fault_is_named_in_order() -> None:
    found = faults("tpl_grid", {"grid_level": 3, "upper_price": "x", "spacing": "arithmetik"})
    assert list(found) == [
        "params.grid_level",
        "params.grid_levels",
        "params.upper_price",
        "params.lower_price",
        "params.spacing",
    ]
    assert found["params.grid_level"] == "is unknown; did you mean grid_levels?"
    assert found["params.grid_levels"] == "is required"
    with pytest.raises(BadParams) as caught:
        template_of("tpl_grid").read({**GRID, "grid_levels": Number("500")}, context())
    error = caught.value
    assert error.field == "params.grid_levels"
    assert error.nearest == 200
    assert error.en == "params.grid_levels must be at most 200"
    assert error.message == "params.grid_levels：不能大于 200"


def test_many_unknown_names_do_not_make_a_long_answer() -> None:
    found = faults("tpl_momentum", {"x" * 5000 + str(k): 1 for k in range(500)} | {str(k): 1 for k in range(500)})
    assert len(found) <= 20
    assert max(map(len, found)) < 80


@pytest.mark.parametrize("raw", [None, [], "x", Number("1"), True, 3])
def test_params_must_be_an_object(raw: object) -> None:
    assert faults("tpl_grid", raw) == {"params": "must be an object"}


def test_every_fault_has_chinese_words() -> None:
    for template in CATALOGUE:
        with pytest.raises(BadParams) as caught:
            template_of(template).read({param.name: [] for param in template_of(template).params}, context())
        assert len(caught.value.faults) == len(template_of(template).params)
        assert all(fault.reason_zh for fault in caught.value.faults)


@pytest.mark.parametrize("name", CATALOGUE)
def test_the_schema_says_what_is_read(name: str) -> None:
    template: Template = template_of(name)
    schema = json.loads(json.dumps(template.schema))
    assert schema["required"] == [param.name for param in template.params if param.required]
    assert schema["additionalProperties"] is False
    assert list(schema["properties"]) == [param.name for param in template.params]
    for found in schema["properties"].values():
        assert found["title"]
        assert found["x-title-en"]
        assert ("description" in found) == ("x-description-en" in found)
    ranged = {"integer": ("minimum", "maximum"), "decimal": ("x-minimum", "x-maximum")}
    for param in template.params:
        kinds = {"integer": "integer", "decimal": "string", "choice": "string"}
        assert schema["properties"][param.name]["type"] == kinds[param.kind]
        for key in ranged.get(param.kind, ()):
            bound = schema["properties"][param.name].get(key)
            if bound is None:
                continue
            value = Number(bound) if param.kind == "integer" else bound
            outside = (
                Number(int(bound) + (1 if key == "maximum" else -1))
                if param.kind == "integer"
                else plain(Decimal(bound) + (1 if "max" in key else -1))
            )
            assert _alone(template, param.name, value) is None
            assert _alone(template, param.name, outside) == f"params.{param.name}"


def _alone(template: Template, name: str, value: object) -> str | None:
    """The fault of one parameter, whatever the template's check says of all."""
    try:
        read_params([param for param in template.params if param.name == name], {name: value}, lambda values: [])
    except BadParams as error:
        return error.field
    return None


def test_the_defaults_are_accepted_when_given() -> None:
    for _, template in TEMPLATES.items():
        for param in template.params:
            if param.default is not None:
                given = Number(param.default) if param.kind == "integer" else param.default
                assert _alone(template, param.name, given) is None


def test_very_many_unknown_names_are_told_of_up_to_twenty() -> None:
    found = faults("tpl_grid", {**GRID, **{f"grid_level{k}": 1 for k in range(3_500)}})
    assert len(found) == 20
