"""Negations, contrasts, minus signs, comparisons, futures and odd numbers: the right sign, or no answer.

A wrong sign is worse than a refusal: what is in `UNSURE` may be refused, but never be given another meaning.
"""

from __future__ import annotations

import pytest
from tests.research.test_offline_more import answer_to

from quantgpt.expr import compile_expression
from quantgpt.research.offline import Proposal, Refusal

MEANT = [
    ("剔除小市值的动量", "rank(cap) + rank(close / ts_shift(close, 20) - 1)"),
    ("不是动量而是反转", "-1 * (close / ts_shift(close, 5) - 1)"),
    ("动量，不是反转", "close / ts_shift(close, 20) - 1"),
    ("-动量", "-1 * (close / ts_shift(close, 20) - 1)"),
    ("流动性差的小盘", "rank(ts_mean(abs(returns) / amount, 20)) + rank(-1 * cap)"),
    ("一个半月动量", "close / ts_shift(close, 30) - 1"),
    ("收盘价在当日区间的位置", "(close - low) / (high - low)"),
    ("最高收益日", "ts_max(returns, 20)"),
    ("20日收益率绝对值", "abs(close / ts_shift(close, 20) - 1)"),
    ("剔除大市值的低波动", "rank(-1 * cap) + rank(-1 * ts_std(returns, 20))"),
    ("不要动量，要反转", "-1 * (close / ts_shift(close, 5) - 1)"),
    ("不要高换手，而要低波动", "rank(-1 * ts_mean((amount / cap), 20)) + rank(-1 * ts_std(returns, 20))"),
    ("除去高波动股票的20日动量", "rank(-1 * ts_std(returns, 20)) + rank(close / ts_shift(close, 20) - 1)"),
    ("剔除高换手的5日反转", "rank(-1 * ts_mean((amount / cap), 20)) + rank(-1 * (close / ts_shift(close, 5) - 1))"),
    ("-1*换手率", "-1 * ts_mean((amount / cap), 20)"),
    ("−60日动量", "-1 * (close / ts_shift(close, 60) - 1)"),
    ("负的20日收益率", "-1 * (close / ts_shift(close, 20) - 1)"),
    ("20日动量的相反数", "-1 * (close / ts_shift(close, 20) - 1)"),
    ("20日动量取反", "-1 * (close / ts_shift(close, 20) - 1)"),
    ("20日动量取负号", "-1 * (close / ts_shift(close, 20) - 1)"),
    ("市值除以成交额", "(cap) / (ts_mean(amount, 20))"),
    ("20日收益率除以20日波动率", "(close / ts_shift(close, 20) - 1) / (ts_std(returns, 20))"),
    ("不是不放量的", "ts_mean(volume, 1) / ts_mean(volume, 20)"),
    ("并非没有放量", "ts_mean(volume, 1) / ts_mean(volume, 20)"),
    ("不低的换手率", "ts_mean((amount / cap), 20)"),
    ("不太高的波动率", "-1 * ts_std(returns, 20)"),
    ("没那么高的换手率", "-1 * ts_mean((amount / cap), 20)"),
    ("两个半月动量", "close / ts_shift(close, 50) - 1"),
    ("一年半动量", "close / ts_shift(close, 360) - 1"),
    ("5日成交量比20日成交量高", "ts_mean(volume, 5) / ts_mean(volume, 20)"),
    ("5日成交量不如20日成交量", "-1 * (ts_mean(volume, 5) / ts_mean(volume, 20))"),
    ("市值和换手率都低", "rank(-1 * cap) + rank(-1 * ts_mean((amount / cap), 20))"),
    ("波动率、换手率双低", "rank(-1 * ts_std(returns, 20)) + rank(-1 * ts_mean((amount / cap), 20))"),
    ("low volatility, not low turnover", "rank(-1 * ts_std(returns, 20)) + rank(ts_mean((amount / cap), 20))"),
    ("momentum but not in small caps", "rank(close / ts_shift(close, 20) - 1) + rank(cap)"),
    ("not the losers but the winners over 60 days", "close / ts_shift(close, 60) - 1"),
    ("not momentum but reversal", "-1 * (close / ts_shift(close, 5) - 1)"),
    ("anything but high turnover", "-1 * ts_mean((amount / cap), 20)"),
    ("negative 20-day momentum", "-1 * (close / ts_shift(close, 20) - 1)"),
    ("price not above its 20 day average", "-1 * (close / ts_mean(close, 20) - 1)"),
    ("stocks that did not fall over the past month", "close / ts_shift(close, 20) - 1"),
    (
        "excluding the most volatile, 60 day momentum",
        "rank(-1 * ts_std(returns, 20)) + rank(close / ts_shift(close, 60) - 1)",
    ),
    ("流动性最差的小市值", "rank(ts_mean(abs(returns) / amount, 20)) + rank(-1 * cap)"),
    ("流动性不好的股票", "ts_mean(abs(returns) / amount, 20)"),
    ("流动性不差的动量", "rank(-1 * ts_mean(abs(returns) / amount, 20)) + rank(close / ts_shift(close, 20) - 1)"),
    ("当日成交额", "amount"),
    ("离60日新高不近", "-1 * (close / ts_max(high, 60))"),
    ("避免追高的反转", "rank(-1 * (close / ts_shift(close, 20) - 1)) + rank(-1 * (close / ts_shift(close, 5) - 1))"),
    ("不要大盘股的低换手", "rank(-1 * cap) + rank(-1 * ts_mean((amount / cap), 20))"),
    ("不要低流动性的动量", "rank(-1 * ts_mean(abs(returns) / amount, 20)) + rank(close / ts_shift(close, 20) - 1)"),
    ("避开高波动、高换手", "rank(-1 * ts_std(returns, 20)) + rank(-1 * ts_mean((amount / cap), 20))"),
    ("避开高波动和高换手的", "rank(-1 * ts_std(returns, 20)) + rank(-1 * ts_mean((amount / cap), 20))"),
    ("高换手、高波动的都不要", "rank(-1 * ts_mean((amount / cap), 20)) + rank(-1 * ts_std(returns, 20))"),
    ("是反转，不是动量", "-1 * (close / ts_shift(close, 5) - 1)"),
    ("不买涨得多的，买跌得多的", "-1 * (close / ts_shift(close, 20) - 1)"),
    ("并不低的换手率", "ts_mean((amount / cap), 20)"),
    ("波动率不是最高的", "-1 * ts_std(returns, 20)"),
    ("不是高换手而是低换手", "-1 * ts_mean((amount / cap), 20)"),
    ("reversal instead of momentum", "-1 * (close / ts_shift(close, 5) - 1)"),
    ("reversal, not momentum", "-1 * (close / ts_shift(close, 5) - 1)"),
    ("rather than momentum, reversal", "-1 * (close / ts_shift(close, 5) - 1)"),
    ("not high turnover but low volatility", "rank(-1 * ts_mean((amount / cap), 20)) + rank(-1 * ts_std(returns, 20))"),
    ("stocks without high volatility", "-1 * ts_std(returns, 20)"),
    ("no small caps, low volatility", "rank(cap) + rank(-1 * ts_std(returns, 20))"),
    ("volume and volatility both low", "rank(-1 * ts_mean(volume, 20)) + rank(-1 * ts_std(returns, 20))"),
    ("换手率和波动率均高", "rank(ts_mean((amount / cap), 20)) + rank(ts_std(returns, 20))"),
    ("市值、换手率都小", "rank(-1 * cap) + rank(-1 * ts_mean((amount / cap), 20))"),
    ("60日动量-20日动量", "(close / ts_shift(close, 60) - 1) - (close / ts_shift(close, 20) - 1)"),
    ("换手率*-1", "-1 * ts_mean((amount / cap), 20)"),
    ("-1 × 20日波动率", "-1 * ts_std(returns, 20)"),
    ("20日波动率乘以-1", "-1 * ts_std(returns, 20)"),
    ("动量+ -波动率", "rank(close / ts_shift(close, 20) - 1) + rank(-1 * ts_std(returns, 20))"),
    ("-RSI", "-1 * rsi(close, 14)"),
    ("成交额除以市值", "(ts_mean(amount, 20)) / (cap)"),
    ("波动率除以动量", "(ts_std(returns, 20)) / (close / ts_shift(close, 20) - 1)"),
    ("不能不低波动", "-1 * ts_std(returns, 20)"),
    ("没有不放量的", "ts_mean(volume, 1) / ts_mean(volume, 20)"),
    ("近20来天动量", "close / ts_shift(close, 20) - 1"),
    ("5日均线不在20日均线之上", "-1 * (ts_mean(close, 5) / ts_mean(close, 20) - 1)"),
    ("没有突破20日高点的", "-1 * (close / ts_max(high, 20))"),
    (
        "价格高于20日均线但成交量低于平时",
        "rank(close / ts_mean(close, 20) - 1) + rank(-1 * (volume / ts_mean(volume, 20)))",
    ),
    ("换手率高但不要小盘", "rank(ts_mean((amount / cap), 20)) + rank(cap)"),
    ("跌得最少的", "close / ts_shift(close, 20) - 1"),
    ("跌得不多的", "close / ts_shift(close, 20) - 1"),
    ("涨得最少跌得最多的", "-1 * (close / ts_shift(close, 20) - 1)"),
    ("20日收益率的绝对值低", "-1 * abs(close / ts_shift(close, 20) - 1)"),
]
UNSURE = [
    ("不是小盘而是大盘", "cap"),
    ("除了小盘股以外的动量", "rank(cap) + rank(close / ts_shift(close, 20) - 1)"),
    ("- 20日波动率", "-1 * ts_std(returns, 20)"),
    ("高动量而非高波动", "rank(close / ts_shift(close, 20) - 1) + rank(-1 * ts_std(returns, 20))"),
    ("minus 20 day volatility", "-1 * ts_std(returns, 20)"),
    (
        "short-term losers that are not illiquid",
        "rank(-1 * (close / ts_shift(close, 5) - 1)) + rank(-1 * ts_mean(abs(returns) / amount, 20))",
    ),
    ("要反转不要动量", "-1 * (close / ts_shift(close, 5) - 1)"),
    ("波动率和换手率最低的", "rank(-1 * ts_std(returns, 20)) + rank(-1 * ts_mean((amount / cap), 20))"),
]
REFUSED = [
    "用未来5天的收益",
    "未来20日动量",
    "未来收益率最高",
    "未来波动率",
    "高换手减低换手",
    "high volatility minus low volatility",
    "明日收益率",
    "未来一个月涨幅最大的股票",
    "下周反转",
    "next month's return",
    "momentum that predicts tomorrow",
    "tomorrow's open minus today's close",
    "换手率大于5%",
    "20日涨幅小于10%的",
    "三周半波动率",
    "个把月的动量",
    "换手率比波动率低",
    "lower volatility than turnover",
    "low volatility and turnover",
    "动量-波动率",
    "low minus high beta",
    "小市值减大市值",
    "赢家减输家",
    "后天会涨的股票",
    "第二天高开的",
    "未来三个月波动率最低",
    "过去20日动量，预测下个月",
    "subsequent week return",
    "stocks that will rise next quarter",
    "returns 5 days ahead",
    "市盈率小于20",
    "20日涨幅排名前30%的小市值",
    "成交量大于均量的2倍",
    "RSI低于30",
    "not un-volatile",
    "两周半动量",
    "一个多星期的反转",
    "三四十天动量",
    "两三个月动量",
]
FUTURE = ["用未来5天的收益", "明日收益率", "下周反转", "next month's return", "5天后的收益", "returns 5 days ahead"]


@pytest.mark.parametrize(("text", "reference"), MEANT, ids=[text for text, _ in MEANT])
def test_the_words_give_what_they_mean(text: str, reference: str) -> None:
    answer = answer_to(text)
    assert isinstance(answer, Proposal), answer.reason
    assert compile_expression(answer.expression).canonical == compile_expression(reference).canonical


@pytest.mark.parametrize(("text", "reference"), UNSURE, ids=[text for text, _ in UNSURE])
def test_what_is_not_sure_is_right_or_refused(text: str, reference: str) -> None:
    answer = answer_to(text)
    if isinstance(answer, Proposal):
        assert compile_expression(answer.expression).canonical == compile_expression(reference).canonical


@pytest.mark.parametrize("text", REFUSED)
def test_what_cannot_be_taken_whole_is_refused(text: str) -> None:
    assert isinstance(answer_to(text), Refusal)


@pytest.mark.parametrize("text", FUTURE)
def test_the_future_is_refused_as_such(text: str) -> None:
    answer = answer_to(text)
    assert isinstance(answer, Refusal)
    assert "未来的数据不可用" in answer.reason
    assert answer.suggestions
