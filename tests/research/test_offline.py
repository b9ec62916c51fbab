"""The offline engine: every idea compiles, is named by its title, and nothing is read by halves."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import lru_cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests._work import PROMPT, counted

from quantgpt.expr import compile_expression
from quantgpt.foundations.fields import FIELDS
from quantgpt.research.ideas import CATEGORIES, Idea, ideas_catalogue, library, vocabulary
from quantgpt.research.offline import Proposal, Refusal, propose, suggestions_near, turned
from quantgpt.research.reading.words import lexicon, words_of

EVERYTHING = frozenset(name for name, spec in FIELDS.items() if spec.in_expressions)
BARS = frozenset({"open", "high", "low", "close", "volume", "amount", "returns", "vwap"})
IDEAS = tuple(library().ideas.values())


def ask(text: str, fields: frozenset[str] = EVERYTHING, has_industry: bool = True) -> Proposal | Refusal:
    return propose(text, fields=fields, has_industry=has_industry)


def made(text: str, **changed: object) -> Proposal:
    answer = ask(text, **changed)  # type: ignore[arg-type]  # passed on as it is
    assert isinstance(answer, Proposal), f"{text}: {answer.reason}"
    return answer


def refused(text: str, **changed: object) -> Refusal:
    answer = ask(text, **changed)  # type: ignore[arg-type]  # passed on as it is
    assert isinstance(answer, Refusal), f"{text}: {answer}"
    return answer


def canonical(text: str) -> str:
    return compile_expression(text).canonical


class TestTheIdeas:
    def test_there_are_at_least_120(self) -> None:
        assert len(IDEAS) >= 120
        assert len({idea.zh for idea in IDEAS}) == len({idea.en for idea in IDEAS}) == len(IDEAS)
        assert {idea.category for idea in IDEAS} == set(CATEGORIES)

    @pytest.mark.parametrize("idea", IDEAS, ids=lambda idea: idea.id)
    def test_each_compiles_with_its_windows_and_with_others(self, idea: Idea) -> None:
        for size_given in (None, idea.least, 7, 33, 250):
            size = None if size_given is None else min(max(size_given, idea.least), idea.longest)
            windows = idea.windows(() if size is None else (size,) * bool(idea.params))
            text, missing = library().written(idea, windows, EVERYTHING)
            expression = compile_expression(text, fields=EVERYTHING)
            assert not missing
            assert expression.lookahead == 0
            assert expression.fields <= EVERYTHING
            if size is None:
                assert expression.fields == idea.fields, idea.id

    @pytest.mark.parametrize("idea", IDEAS, ids=lambda idea: idea.id)
    def test_each_is_named_by_its_phrase_and_tells_its_hypothesis(self, idea: Idea) -> None:
        answer = made(idea.phrase())
        assert answer.idea in (idea.id, "momentum+momentum")
        assert idea.why_zh in answer.hypothesis
        assert idea.expects in (-1, 1)
        assert idea.horizon >= 1
        assert idea.why_en.isascii()

    def test_nearly_all_are_named_by_their_english_title(self) -> None:
        missed = [idea.en for idea in IDEAS if not isinstance(a := ask(idea.en), Proposal) or a.idea != idea.id]
        assert len(missed) <= 2, missed

    def test_every_concept_that_an_idea_reads_has_words(self) -> None:
        data = vocabulary()
        words = set(data["words"]) | set(data["links"])
        for idea in IDEAS:
            read = {c for p in idea.patterns for c in p} | idea.accepts | set(idea.signs) | set(idea.ordered)
            assert {concept for concept in read if not concept.startswith("=")} <= words, idea.id
        compound = {concept for concepts in data["compounds"].values() for concept in concepts.split()}
        assert compound <= words
        assert set(library().polarity) <= words

    def test_no_form_means_two_things(self) -> None:
        assert lexicon().clashes == ()

    def test_the_catalogue_lists_all_of_them_plainly(self) -> None:
        rows = ideas_catalogue()
        assert [row["id"] for row in rows] == [idea.id for idea in IDEAS]
        for row in rows:
            assert ast.literal_eval(repr(row)) == row
            assert compile_expression(row["expression"]).fields == frozenset(row["fields"])


class TestWindows:
    @pytest.mark.parametrize(
        ("text", "n"),
        [
            ("二十日动量", 20), ("20日动量", 20), ("20 天 动量", 20), ("动量20日", 20), ("过去三个月动量", 60), ("近20个交易日涨幅", 20),
            ("半年动量", 120), ("半个月动量", 10), ("一年动量", 240), ("两周动量", 10), ("十五日动量", 15), ("一百二十日动量", 120),
            ("一季度动量", 60), ("近一周涨幅", 5), ("5d momentum", 5), ("1m momentum", 20), ("3-month momentum", 60),
            ("one quarter momentum", 60), ("past week momentum", 5), ("52-week momentum", 240), ("half a year momentum", 120),
            ("momentum over the last 35 sessions", 35), ("twenty day momentum", 20), ("６０日动量", 60), ("近 4 周 涨幅", 20),
            ("長期動量", 240), ("short-term momentum", 5), ("monthly momentum", 20), ("1y momentum", 240), ("momentum 2w", 10),
        ],
    )  # fmt: skip
    def test_a_span_of_time_is_the_window(self, text: str, n: int) -> None:
        answer = made(text)
        assert answer.expression == f"close / ts_shift(close, {n}) - 1"
        assert answer.parameters == {"n": n}

    @pytest.mark.parametrize(
        ("text", "parameters"),
        [
            ("12-1 momentum", {"n": 240, "skip": 20}),
            ("6-1动量", {"n": 120, "skip": 20}),
            ("半年动量，剔除最近一周", {"n": 120, "skip": 5}),
            ("20日动量，持有5天", {"n": 20, "holding_period": 5}),
            ("20日动量，每周调仓", {"n": 20, "holding_period": 5}),
            ("20 day momentum, weekly rebalancing", {"n": 20, "holding_period": 5}),
            ("20 day momentum, hold for 10 days", {"n": 20, "holding_period": 10}),
            ("20日动量，分10组", {"n": 20, "n_groups": 10}),
            ("20日动量，十分组", {"n": 20, "n_groups": 10}),
            ("中证500里20日动量最高的", {"n": 20, "universe": "csi500"}),
            ("2019到2022年，20日动量", {"n": 20, "years": [2019, 2022]}),
            ("20日动量，2021年以来", {"n": 20, "years": [2021, None]}),
        ],
    )
    def test_what_is_said_of_the_test_is_told(self, text: str, parameters: dict[str, object]) -> None:
        assert made(text).parameters == parameters

    def test_a_holding_period_is_the_horizon(self) -> None:
        assert made("20日动量，持有7天").horizon == 7

    @pytest.mark.parametrize(
        "text",
        [
            "20日60日动量",
            "0日动量",
            "2000日动量",
            "1日波动率",
            "20日小市值",
            "涨幅超过10%的股票",
            "1.5日动量",
            "减20日动量",
            "20日动量减",
        ],
    )
    def test_a_number_that_has_no_place_is_not_dropped(self, text: str) -> None:
        refused(text)


class TestSides:
    @pytest.mark.parametrize(
        ("text", "expression"),
        [
            ("换手率高", "ts_mean((amount / cap), 20)"),
            ("换手率低", "-1 * ts_mean((amount / cap), 20)"),
            ("避开换手率高的", "-1 * ts_mean((amount / cap), 20)"),
            ("换手率高的不要", "-1 * ts_mean((amount / cap), 20)"),
            ("换手率不高", "-1 * ts_mean((amount / cap), 20)"),
            ("avoid high turnover", "-1 * ts_mean((amount / cap), 20)"),
            ("20日跌幅最小", "close / ts_shift(close, 20) - 1"),
            ("20日跌幅最大", "-1 * (close / ts_shift(close, 20) - 1)"),
            ("20日涨幅，越小越好", "-1 * (close / ts_shift(close, 20) - 1)"),
            ("不要追高", "-1 * (close / ts_shift(close, 20) - 1)"),
            ("流动性差", "ts_mean(abs(returns) / amount, 20)"),
            ("离60日新高越远越好", "-1 * (close / ts_max(high, 60))"),
            ("离均线越近越好", "-1 * abs(close / ts_mean(close, 20) - 1)"),
        ],
    )
    def test_the_high_end_is_what_the_words_call_good(self, text: str, expression: str) -> None:
        assert canonical(made(text).expression) == canonical(expression)

    @pytest.mark.parametrize("form", ["{}，越低越好", "{}低", "避开{}高的", "{}，选低的"])
    def test_low_turns_every_idea_around_or_is_refused(self, form: str) -> None:
        """But where the title says "near": there a low distance is what it says already."""
        turned_round = 0
        plain = [idea for idea in IDEAS if not idea.composite and not any(near in idea.phrase() for near in "近贴")]
        for idea in plain:
            answer = ask(form.format(idea.phrase()))
            if isinstance(answer, Proposal):
                assert answer.expression == turned(made(idea.phrase()).expression), idea.id
                turned_round += 1
        assert turned_round > 80

    @pytest.mark.parametrize("text", ["反转：过去5天涨幅最大的", "换手率又高又低", "高的低的动量"])
    def test_a_contradiction_is_refused(self, text: str) -> None:
        refused(text)

    def test_the_direction_is_the_hypothesis_given_the_side(self) -> None:
        assert made("高波动").direction == -1
        assert made("低波动").direction == 1
        assert made("20日动量").direction == 1

    @pytest.mark.parametrize(
        ("text", "expected"),
        [("close", "-1 * close"), ("-1 * (close - open)", "close - open"), ("-1 * (a) + (b)", "-1 * (-1 * (a) + (b))")],
    )
    def test_turning_an_expression(self, text: str, expected: str) -> None:
        assert turned(text) == expected


class TestCombinations:
    @pytest.mark.parametrize(
        ("text", "expression"),
        [
            ("20日动量和低波动", "rank(close / ts_shift(close, 20) - 1) + rank(-1 * ts_std(returns, 20))"),
            (
                "低换手 × 5日反转",
                "rank(-1 * ts_mean((amount / cap), 20)) * rank(-1 * (close / ts_shift(close, 5) - 1))",
            ),
            (
                "momentum times low turnover",
                "rank(close / ts_shift(close, 20) - 1) * rank(-1 * ts_mean((amount / cap), 20))",
            ),
            ("动量与低波动的交互", "rank(close / ts_shift(close, 20) - 1) * rank(-1 * ts_std(returns, 20))"),
            ("60日动量减去20日动量", "(close / ts_shift(close, 60) - 1) - (close / ts_shift(close, 20) - 1)"),
            ("行业中性的小市值", "indneutralize(-1 * cap)"),
            ("市值中性、行业中性的20日动量", "indneutralize(cs_residual(close / ts_shift(close, 20) - 1, log(cap)))"),
            ("20日动量，5日平滑", "ts_mean(close / ts_shift(close, 20) - 1, 5)"),
            ("20日波动率，再做8日线性加权衰减", "decay_linear(ts_std(returns, 20), 8)"),
            ("标准化的换手率", "zscore(ts_mean((amount / cap), 20))"),
            ("volatility less turnover", "rank(ts_std(returns, 20)) - rank(ts_mean((amount / cap), 20))"),
        ],
    )
    def test_ideas_are_joined_as_the_words_join_them(self, text: str, expression: str) -> None:
        assert canonical(made(text).expression) == canonical(expression)


class TestRefusals:
    @pytest.mark.parametrize(
        ("text", "word"),
        [
            ("20日动量加品牌知名度", "品牌"),
            ("momentum of pineapples", "pineapple"),
            ("明天的20日动量", "明"),
            ("反转，但要避开庄股", "庄"),
        ],
    )
    def test_an_unread_word_is_named_and_nothing_is_answered(self, text: str, word: str) -> None:
        assert word in refused(text).reason

    @pytest.mark.parametrize(
        ("text", "data"),
        [
            ("20日动量加北向资金流入", "北向"),
            ("低波动且ROE高", "ROE"),
            ("momentum and analyst upgrades", "分析师"),
            ("隐含波动率低", "期权"),
        ],
    )
    def test_missing_data_is_named_and_no_part_is_answered(self, text: str, data: str) -> None:
        assert data in refused(text).reason

    def test_a_field_of_the_market_decides(self) -> None:
        assert made("市盈率最低").idea == "pe"
        assert "市盈率" in refused("市盈率最低", fields=BARS).reason
        assert made("低换手", fields=BARS | {"turn"}).expression == "-1 * ts_mean(turn, 20)"
        assert "市值" in refused("低换手", fields=BARS).reason
        assert "行业" in refused("行业中性的动量", has_industry=False).reason

    @pytest.mark.parametrize(
        "text", ["", " ", "。", "\x00", "因子", "高", "20日", "的" * 600, "动" * 601, "a" * 10_000]
    )
    def test_a_text_without_a_quantity_is_refused(self, text: str) -> None:
        assert refused(text).suggestions

    @pytest.mark.parametrize("fields", [EVERYTHING, BARS, frozenset({"close", "returns"})])
    def test_suggestions_are_understood(self, fields: frozenset[str]) -> None:
        for text in ("啊哈", "low dividend yield", "换手与新闻", "volatility of bananas", "隔夜 xyz", "成交额 火锅"):
            found = refused(text, fields=fields).suggestions
            assert found
            for phrase in found:
                made(phrase, fields=fields)

    def test_suggestions_are_near(self) -> None:
        assert any("换手" in phrase for phrase in suggestions_near("换手火锅", fields=EVERYTHING))
        assert any("波动" in phrase for phrase in suggestions_near("volatility of bananas", fields=EVERYTHING))

    def test_a_misspelling_is_mended_and_told(self) -> None:
        assert made("momentun 60 days").parameters == {"n": 60, "read_as": {"momentun": "momentum"}}


@lru_cache(maxsize=1)
def forms() -> tuple[str, ...]:
    return tuple(sorted("".join(key) if not key[0].isascii() else " ".join(key) for key in lexicon().entries))


def texts() -> st.SearchStrategy[str]:
    pieces = st.one_of(
        st.sampled_from(forms()),
        st.sampled_from(
            ["20日", "5d", "一个月", "，", "+", "12-1", "(", "%", " ", "3.5", "2020年", "持有5天", "前10%", "9999"]
        ),
        st.text(max_size=6),
    )
    return st.one_of(
        st.text(max_size=80), st.lists(pieces, max_size=14).map("".join), st.lists(pieces, max_size=14).map(" ".join)
    )


class TestAnyText:
    @settings(max_examples=120, deadline=None)
    @given(text=texts(), fields=st.sampled_from([EVERYTHING, BARS, frozenset({"close"})]), has_industry=st.booleans())
    def test_it_never_raises_and_what_it_gives_compiles(
        self, text: str, fields: frozenset[str], has_industry: bool
    ) -> None:
        answer = ask(text, fields, has_industry)
        if isinstance(answer, Proposal):
            expression = compile_expression(answer.expression, fields=fields, has_industry=has_industry)
            assert expression.lookahead == 0
            assert expression.fields <= fields
            assert answer.direction in (-1, 1)
            assert answer.horizon is None or answer.horizon >= 1
        else:
            assert answer.reason
        assert answer == ask(text, fields, has_industry)

    @pytest.mark.parametrize(
        "text",
        [
            "动量和" * 190, "高低" * 290, "20日" * 190, "价格成交量相关" * 80, "momentum " * 60, "zqxjkw " * 85, "离均线近" * 140,
            "一" * 600, "-" * 600, "12-1 " * 110, "半半半" * 190, "a1" * 290, "成交量放大缩小上涨下跌突破" * 2 + "低换手",
        ],
        ids=lambda text: text[:8],
    )  # fmt: skip
    def test_the_work_is_bounded(self, text: str) -> None:
        ask("20日动量")
        answer, calls = counted(lambda: ask(text))
        assert isinstance(answer, Proposal | Refusal)
        assert calls < PROMPT

    def test_importing_it_brings_no_array_library(self) -> None:
        code = "import sys, quantgpt.research.offline; print(sorted({'numpy','numba','pandas','llvmlite'} & set(sys.modules)))"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]"

    def test_words_keep_their_order(self) -> None:
        assert [word.value for word in words_of("20日动量").words] == [20, "momentum"]
