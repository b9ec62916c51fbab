"""The factor report: whole, closed to the outside, safe for any text, the same bytes for the same input."""

from __future__ import annotations

import base64
import io
import math
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from tests._work import counted
from tests.reports.sample import sample

from quantgpt.foundations.series import Series
from quantgpt.reports import factor_report, fonts
from quantgpt.reports.factor_report import render_factor_report

needs_font = pytest.mark.skipif(
    not fonts.report_font_available(),
    reason="the report font is not built: python -m quantgpt.reports.fonts SOURCE.ttf",
)
KEYS, NAMES = (sorted(part) for part in sample(sessions=150))
VOID = {"meta", "br", "img", "input", "hr", "link", "base", "col"}
HOSTILE = [
    "<script>alert(1)</script>",
    "{{7*7}}{% raw %}",
    "'; DROP TABLE x; --",
    '"><img src=x onerror=alert(1)>',
    "x" * 10_000,
    "\u202eabc עברית العربية",
    "😀🧨",
    "a\r\nb\x00c\x07",
    "../../etc/passwd",
    "=cmd|' /C calc'!A0",
    "䶮",
    "]]><style>*{display:none}</style>",
    "/*font*/",
    "\ud800 lone",
]


class Balance(HTMLParser):
    """Collects tags, attributes and the text, and checks that every tag is closed by its own end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.faults: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.text.append(data)


def parsed(html: bytes) -> Balance:
    reader = Balance()
    reader.feed(html.decode("utf-8"))
    reader.close()
    assert not reader.open
    assert not reader.faults
    return reader


def render(
    result: Mapping[str, Any] | None = None, series: Mapping[str, Series] | None = None, title: str = "短期反转"
) -> bytes:
    whole = sample()
    return render_factor_report(whole[0] if result is None else result, whole[1] if series is None else series, title)


def small() -> tuple[dict[str, Any], dict[str, Series]]:
    """A short run: quick to draw and to read again."""
    return sample(sessions=150, names=36)


@pytest.fixture(scope="module")
def report() -> bytes:
    return render()


def test_the_report_is_balanced_html(report: bytes) -> None:
    assert report.startswith(b"<!DOCTYPE html>")
    assert len(parsed(report).seen) > 1000


def test_nothing_in_the_report_can_ask_for_anything(report: bytes) -> None:
    html = report.decode()
    assert not re.search(r"(https?:)?//[a-z]", html.replace("base64,", ""), re.IGNORECASE) or not re.findall(
        r"""(?:src|href|url)\s*[=(]\s*["']?(?!data:|#)[^"'\s)>]+""", html
    )
    assert not re.search(r"https?:", html)
    assert not re.search(r"@import|<(script|link|iframe|object|embed|form|base)\b", html)
    assert all(url.startswith("data:font/woff;") for url in re.findall(r"url\(([^)]*)\)", html))
    assert all((attrs.get("href") or "#").startswith("#") for _, attrs in parsed(report).seen)


def test_a_strict_policy_stands_before_any_style(report: bytes) -> None:
    policy = re.search(rb'http-equiv="Content-Security-Policy" content="([^"]+)"', report)
    assert policy
    assert policy.start() < report.index(b"<style")
    directives = [part.strip() for part in policy[1].decode().split(";")]
    assert directives[0] == "default-src 'none'"
    assert not any(part.startswith("script-src") for part in directives)


def test_the_same_input_gives_the_same_bytes(report: bytes) -> None:
    factor_report._templates.cache_clear()
    assert render() == report


def test_every_part_is_there(report: bytes) -> None:
    ids = [attrs["id"] for tag, attrs in parsed(report).seen if tag == "section"]
    assert ids == ["performance", "ic", "groups", "slices", "robustness", "positions", "provenance"]


def test_the_head_says_verdict_grade_score_expression_and_market(report: bytes) -> None:
    text = "".join(parsed(report).text)
    for words in ("方向段之外不显著", "59.9", "区间 52.8–72.4", "封顶前 66.4", "谨慎 · 3/4", "demo@3f9c21aa0b1d"):
        assert words in text
    assert "rank(-ts_delta(close, 20) / ts_shift(close, 20)) * rank(-ts_mean(volume, 5))" in text
    assert text.count("演示市场 · 合成数据") >= 3


def test_a_real_market_is_not_marked_as_demo() -> None:
    result, series = sample()
    result["params"] |= {"synthetic": False, "market": "main"}
    assert "演示市场".encode() not in render(result, series)


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"daily_returns"}))
def test_every_series_changes_what_is_drawn_and_may_be_missing(name: str) -> None:
    result, series = small()
    whole = render(result, series)
    without = render(result, {key: value for key, value in series.items() if key != name})
    assert without != whole
    parsed(without)


def test_empty_series_do_not_break_the_report() -> None:
    result, series = small()
    empty = {
        name: Series(name=name, index_name="x", index=[], columns={key: [] for key in old.columns}, meta={})
        for name, old in series.items()
    }
    text = "".join(parsed(render(result, empty)).text)
    assert text.count("本次运行没有留下这一项数据") > 10


@pytest.mark.parametrize("name", NAMES)
def test_a_series_of_nothing_but_gaps_prints_no_nan(name: str) -> None:
    result, series = small()
    old = series[name]
    gaps = {key: [None] * len(old.index) for key in old.columns}
    html = render(
        result, series | {name: Series(name=name, index_name="x", index=old.index, columns=gaps, meta=old.meta)}
    )
    assert not re.search(r"\b(nan|None|undefined|inf)\b", "".join(parsed(html).text))


def test_numbers_that_are_not_finite_are_printed_as_dashes() -> None:
    result, series = small()
    result["metrics"] = dict.fromkeys(result["metrics"], math.nan)
    result["score"] = math.inf
    text = "".join(parsed(render(result, series)).text)
    assert not re.search(r"\b(nan|None|inf)\b", text)


@pytest.mark.parametrize("key", KEYS)
def test_any_part_of_the_result_may_be_missing(key: str) -> None:
    result, series = small()
    del result[key]
    parsed(render(result, series))
    result[key] = None
    html = render(result, series)
    assert not re.search(r"\bNone\b", "".join(parsed(html).text))


def test_an_empty_result_is_still_a_report() -> None:
    text = "".join(parsed(render({}, {}, "")).text)
    assert "没有结论" in text
    assert "四项检验没有运行" in text


@pytest.mark.parametrize("value", [[], "text", 5, {"a": {"b": [None]}}], ids=repr)
def test_parts_of_another_shape_do_not_break_the_report(value: object) -> None:
    result, series = small()
    for key in result:
        assert render(result | {key: value}, series).endswith(b"</html>")


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: repr(text[:20]))
def test_hostile_text_is_shown_as_text_wherever_it_stands(text: str) -> None:
    result, series = small()
    result["params"] |= {"expression": text, "universe": text, "market": text, "benchmark": text, "execution": text}
    result["verdict"] = {"zh": text, "en": text}
    result["reasons"] = [{"mark": text, "zh": text, "en": text}] * 6
    result["warnings"] = [text, {"zh": text, "en": text}]
    result["llm"]["prompt"] = text
    result["grade"] = text
    result["manifest"] = {text: text}
    for name in ("holdings", "by_industry", "blocked", "regimes"):
        old = series[name]
        words = {key: [text if isinstance(x, str) else x for x in values] for key, values in old.columns.items()}
        index = [text if name != "blocked" else day for day in old.index]
        series[name] = Series(name=name, index_name="x", index=index, columns=words, meta=old.meta)
    html = render(result, series, text)
    tags = {tag for tag, _ in parsed(html).seen}
    assert not tags & {"script", "img", "iframe", "object"}
    assert not any(key.startswith("on") for _, attrs in parsed(html).seen for key in attrs)
    assert b"\x00" not in html
    assert html.count(b"<style") == 1
    assert len(html) < 6_000_000


def test_a_template_expression_in_a_title_is_not_computed() -> None:
    assert "{{7*7}}" in "".join(parsed(render(title="{{7*7}}")).text)


def test_a_page_foot_cannot_leave_its_style_sheet() -> None:
    result, series = small()
    result["params"]["market"] = '";}</style><b>'
    assert b"</style><b>" not in render(result, series)


def test_long_expressions_are_folded() -> None:
    result, series = small()
    result["params"]["expression"] = "rank(close) + " * 100 + "1"
    assert any(tag == "details" for tag, _ in parsed(render(result, series)).seen)


@pytest.mark.parametrize("groups", [2, 3, 10, 20])
def test_any_number_of_groups_has_its_colours(groups: int) -> None:
    html = render(*sample(groups=groups, sessions=150)).decode()
    assert f"--g{groups}:#" in html
    assert f"s-g{groups}" in html


def test_long_tables_say_how_many_rows_they_leave_out(report: bytes) -> None:
    text = "".join(parsed(report).text)
    assert "中间 30 只省略" in text
    assert "共 212 笔，列出最早的 40 笔" in text


def test_a_run_without_blocked_trades_says_so() -> None:
    result, series = small()
    series["blocked"] = Series(name="blocked", index_name="date", index=[], columns={}, meta={"total": 0})
    assert "没有受阻的交易" in "".join(parsed(render(result, series)).text)


def test_tests_that_did_not_run_keep_their_frames() -> None:
    result, series = small()
    result["anti_overfit"] = None
    text = "".join(parsed(render(result, series)).text)
    assert text.count("这项检验没有运行") == 4


def test_without_the_font_the_report_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: object) -> bool:
        return False

    monkeypatch.setattr(factor_report, "report_font_available", absent)
    monkeypatch.setattr(factor_report, "embedded_font", lambda _: None)
    html = render()
    assert b"@font-face" not in html
    assert "用系统字体显示" in html.decode()


@needs_font
def test_every_character_is_in_the_embedded_font(report: bytes) -> None:
    from fontTools.ttLib import TTFont

    match = re.search(rb"url\(data:font/woff;base64,([^)]+)\)", report)
    assert match
    covered = set(TTFont(io.BytesIO(base64.b64decode(match[1]))).getBestCmap())
    html = report.replace(match[0], b"").decode()
    missing = {c for c in html if not c.isspace() and ord(c) not in covered}
    assert not missing


@needs_font
def test_the_built_font_covers_names_that_smaller_sets_lack() -> None:
    assert fonts.covers("璟碁岹昇䶮沪深证券")
    assert not fonts.covers("😀")


@needs_font
def test_a_report_is_small_and_little_work() -> None:
    result, series = sample(sessions=727)
    render(result, series)
    html, calls = counted(lambda: render_factor_report(result, series, "x"))
    assert calls < 3_000_000
    assert len(html) < 1_500_000


def test_ten_years_stay_small() -> None:
    assert len(render(*sample(sessions=2_500))) < 1_500_000


def test_the_style_sheet_prints_light_whatever_the_theme() -> None:
    css = Path(factor_report.__file__).with_name("assets").joinpath("report.css").read_text(encoding="utf-8")
    html = render().decode()
    assert "@media screen and (prefers-color-scheme:dark)" in html
    assert "@media print" in css
    assert "size:A4" in html
