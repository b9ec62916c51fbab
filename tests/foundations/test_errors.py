"""Errors point at the fault."""

from quantgpt.foundations.errors import BadExpression, BadRequest, Kind


def test_an_expression_error_knows_its_line_and_column() -> None:
    error = BadExpression("unknown", text="rank(\n  amt)", start=8, end=11)
    assert (error.line, error.column) == (2, 3)


def test_the_caret_line_stands_under_the_fault() -> None:
    error = BadExpression("unknown", text="rank(amt)", start=5, end=8)
    assert error.caret() == "rank(amt)\n     ^^^"


def test_the_caret_of_a_long_line_stays_within_the_width() -> None:
    error = BadExpression("unknown", text="x" * 4000, start=3000, end=3900)
    source, marks = error.caret(60).split("\n")
    assert (len(source), len(marks) <= 61) == (60, True)


def test_the_hint_is_part_of_the_text() -> None:
    assert str(BadRequest("too many groups", hint="2 to 20")) == "too many groups (2 to 20)"


def test_a_bad_expression_is_an_invalid_request() -> None:
    assert BadExpression("x").kind is Kind.INVALID
