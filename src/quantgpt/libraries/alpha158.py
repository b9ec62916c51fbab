"""Alpha158 of Qlib, made by the rule that makes it there: candle shapes, prices, volumes and rolling families."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quantgpt.foundations.errors import BadRequest
from quantgpt.libraries._base import Library, LibraryFactor, shelved

SOURCE = "Qlib 0.9.7, Alpha158"
LONGEST = 1000
PRICES = {
    "OPEN": ("开盘价", "The open"),
    "HIGH": ("最高价", "The high"),
    "LOW": ("最低价", "The low"),
    "CLOSE": ("收盘价", "The close"),
    "VWAP": ("成交均价", "VWAP"),
}
_CANDLES = (
    ("KMID", "($close-$open)/$open", "实体：收盘减开盘，除以开盘价", "Body: close less open, over the open"),
    ("KLEN", "($high-$low)/$open", "振幅：最高减最低，除以开盘价", "Range: high less low, over the open"),
    ("KMID2", "($close-$open)/($high-$low+1e-12)", "实体占振幅之比", "Body over the range"),
    ("KUP", "($high-Greater($open, $close))/$open", "上影线除以开盘价", "Upper shadow over the open"),
    ("KUP2", "($high-Greater($open, $close))/($high-$low+1e-12)", "上影线占振幅之比", "Upper shadow over the range"),
    ("KLOW", "(Less($open, $close)-$low)/$open", "下影线除以开盘价", "Lower shadow over the open"),
    ("KLOW2", "(Less($open, $close)-$low)/($high-$low+1e-12)", "下影线占振幅之比", "Lower shadow over the range"),
    (
        "KSFT",
        "(2*$close-$high-$low)/$open",
        "收盘价相对当日中点的偏移，除以开盘价",
        "Close against the middle of the range, over the open",
    ),
    (
        "KSFT2",
        "(2*$close-$high-$low)/($high-$low+1e-12)",
        "收盘价相对当日中点的偏移，占振幅之比",
        "Close against the middle of the range, over the range",
    ),
)


@dataclass(frozen=True, slots=True)
class _Family:
    """A rolling family: the word that switches it on, its columns and what they measure; `{d}` is the window."""

    switch: str
    expression: str
    category: str
    zh: str
    en: str
    column: str = ""

    def of(self, window: int) -> LibraryFactor:
        """The column of one window."""
        name = f"{self.column or self.switch}{window}"
        return _factor(
            name,
            self.expression.replace("{d}", str(window)),
            self.category,
            self.zh.replace("{d}", str(window)),
            self.en.replace("{d}", str(window)),
        )


_UP = "Sum(Greater($close-Ref($close, 1), 0), {d})"
_DOWN = "Sum(Greater(Ref($close, 1)-$close, 0), {d})"
_MOVES = "(Sum(Abs($close-Ref($close, 1)), {d})+1e-12)"
_SWING = "Abs($close/Ref($close, 1)-1)*$volume"
_RISEN, _FALLEN = "Mean($close>Ref($close, 1), {d})", "Mean($close<Ref($close, 1), {d})"


def _on_volume(expression: str) -> str:
    return expression.replace("$close", "$volume")


_FAMILIES = (
    _Family(
        "ROC", "Ref($close, {d})/$close", "momentum", "{d}日前收盘价与今日之比", "The close {d} days ago over today's"
    ),
    _Family(
        "MA",
        "Mean($close, {d})/$close",
        "momentum",
        "{d}日均价与收盘价之比",
        "{d}-day mean of the close over the close",
    ),
    _Family(
        "STD",
        "Std($close, {d})/$close",
        "volatility",
        "收盘价{d}日标准差与收盘价之比",
        "{d}-day standard deviation of the close over the close",
    ),
    _Family(
        "BETA",
        "Slope($close, {d})/$close",
        "momentum",
        "收盘价{d}日线性趋势的斜率与收盘价之比",
        "Slope of the {d}-day linear trend of the close, over the close",
    ),
    _Family(
        "RSQR",
        "Rsquare($close, {d})",
        "momentum",
        "收盘价{d}日线性趋势的拟合优度",
        "R squared of the {d}-day linear trend of the close",
    ),
    _Family(
        "RESI",
        "Resi($close, {d})/$close",
        "mean_reversion",
        "收盘价偏离{d}日线性趋势的残差与收盘价之比",
        "Residual of the close from its {d}-day linear trend, over the close",
    ),
    _Family("MAX", "Max($high, {d})/$close", "price", "{d}日最高价与收盘价之比", "{d}-day high over the close"),
    _Family("LOW", "Min($low, {d})/$close", "price", "{d}日最低价与收盘价之比", "{d}-day low over the close", "MIN"),
    _Family(
        "QTLU",
        "Quantile($close, {d}, 0.8)/$close",
        "price",
        "收盘价{d}日80%分位数与收盘价之比",
        "80 % quantile of {d} closes over the close",
    ),
    _Family(
        "QTLD",
        "Quantile($close, {d}, 0.2)/$close",
        "price",
        "收盘价{d}日20%分位数与收盘价之比",
        "20 % quantile of {d} closes over the close",
    ),
    _Family(
        "RANK",
        "Rank($close, {d})",
        "mean_reversion",
        "收盘价在{d}日中的百分位",
        "Percentile of today's close among {d} closes",
    ),
    _Family(
        "RSV",
        "($close-Min($low, {d}))/(Max($high, {d})-Min($low, {d})+1e-12)",
        "mean_reversion",
        "收盘价在{d}日高低区间中的位置",
        "Where the close stands between the {d}-day low and high",
    ),
    _Family(
        "IMAX",
        "IdxMax($high, {d})/{d}",
        "price",
        "{d}日最高价出现的位置，1 为今日",
        "Where in {d} days the highest high stands, 1 for today",
    ),
    _Family(
        "IMIN",
        "IdxMin($low, {d})/{d}",
        "price",
        "{d}日最低价出现的位置，1 为今日",
        "Where in {d} days the lowest low stands, 1 for today",
    ),
    _Family(
        "IMXD",
        "(IdxMax($high, {d})-IdxMin($low, {d}))/{d}",
        "price",
        "{d}日最高价与最低价出现的先后之差",
        "How much later the {d}-day high came than the {d}-day low",
    ),
    _Family(
        "CORR",
        "Corr($close, Log($volume+1), {d})",
        "price_volume",
        "收盘价与成交量对数的{d}日相关系数",
        "{d}-day correlation of the close and log volume",
    ),
    _Family(
        "CORD",
        "Corr($close/Ref($close,1), Log($volume/Ref($volume, 1)+1), {d})",
        "price_volume",
        "价格变化与成交量变化的{d}日相关系数",
        "{d}-day correlation of the changes in close and volume",
    ),
    _Family("CNTP", _RISEN, "momentum", "{d}日中上涨日的占比", "Share of {d} days on which the close rose"),
    _Family("CNTN", _FALLEN, "momentum", "{d}日中下跌日的占比", "Share of {d} days on which the close fell"),
    _Family(
        "CNTD",
        f"{_RISEN}-{_FALLEN}",
        "momentum",
        "{d}日中上涨日与下跌日占比之差",
        "Share of rising days less share of falling days among {d}",
    ),
    _Family("SUMP", f"{_UP}/{_MOVES}", "momentum", "{d}日涨幅占总变动之比", "Gains over all moves of {d} days"),
    _Family("SUMN", f"{_DOWN}/{_MOVES}", "momentum", "{d}日跌幅占总变动之比", "Losses over all moves of {d} days"),
    _Family(
        "SUMD",
        f"({_UP}-{_DOWN})/{_MOVES}",
        "momentum",
        "{d}日涨跌幅之差占总变动之比",
        "Gains less losses over all moves of {d} days",
    ),
    _Family(
        "VMA",
        "Mean($volume, {d})/($volume+1e-12)",
        "volume",
        "{d}日均量与当日成交量之比",
        "{d}-day mean volume over volume",
    ),
    _Family(
        "VSTD",
        "Std($volume, {d})/($volume+1e-12)",
        "volume",
        "成交量{d}日标准差与当日成交量之比",
        "{d}-day standard deviation of volume over volume",
    ),
    _Family(
        "WVMA",
        f"Std({_SWING}, {{d}})/(Mean({_SWING}, {{d}})+1e-12)",
        "volatility",
        "成交量加权涨跌幅的{d}日离散系数",
        "{d}-day coefficient of variation of the absolute return weighted by volume",
    ),
    _Family(
        "VSUMP",
        _on_volume(f"{_UP}/{_MOVES}"),
        "volume",
        "{d}日增量占成交量总变动之比",
        "Increases over all changes of volume in {d} days",
    ),
    _Family(
        "VSUMN",
        _on_volume(f"{_DOWN}/{_MOVES}"),
        "volume",
        "{d}日减量占成交量总变动之比",
        "Decreases over all changes of volume in {d} days",
    ),
    _Family(
        "VSUMD",
        _on_volume(f"({_UP}-{_DOWN})/{_MOVES}"),
        "volume",
        "{d}日增减量之差占成交量总变动之比",
        "Increases less decreases over all changes of volume in {d} days",
    ),
)
SWITCHES = tuple(family.switch for family in _FAMILIES)
"""the words of `rolling.include` and `rolling.exclude`; LOW switches the columns named MIN"""


def _factor(name: str, expression: str, category: str, zh: str, en: str) -> LibraryFactor:
    return LibraryFactor(name, expression, "qlib", zh, en, category, f"{SOURCE}, {name}")


@dataclass(frozen=True, slots=True)
class PriceGroup:
    """Prices of today (0) and of earlier days over today's close."""

    windows: tuple[int, ...] = (0, 1, 2, 3, 4)
    feature: tuple[str, ...] = tuple(PRICES)


@dataclass(frozen=True, slots=True)
class VolumeGroup:
    """Volumes of today (0) and of earlier days over today's volume."""

    windows: tuple[int, ...] = (0, 1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class RollingGroup:
    """Rolling families by their switch: those in `include` (None: all) that are not in `exclude`."""

    windows: tuple[int, ...] = (5, 10, 20, 30, 60)
    include: tuple[str, ...] | None = None
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alpha158Config:
    """Which groups to make; None leaves a group out. Without arguments: the 158 columns."""

    kbar: bool = True
    price: PriceGroup | None = field(default_factory=lambda: PriceGroup((0,), ("OPEN", "HIGH", "LOW", "VWAP")))
    volume: VolumeGroup | None = None
    rolling: RollingGroup | None = field(default_factory=RollingGroup)

    @classmethod
    def of(cls, config: Mapping[str, Any]) -> Alpha158Config:
        """The same from Qlib's mapping: a group that is not named is left out, one that is named has Qlib's defaults.

        Raises: BadRequest that names the key at fault and the nearest valid word.
        """
        _known("feature", config, ("kbar", "price", "volume", "rolling"))
        price = _group(config, "price", ("windows", "feature"))
        volume = _group(config, "volume", ("windows",))
        rolling = _group(config, "rolling", ("windows", "include", "exclude"))
        return cls(
            kbar=_group(config, "kbar", ()) is not None,
            price=None if price is None else PriceGroup(**price),
            volume=None if volume is None else VolumeGroup(**volume),
            rolling=None if rolling is None else RollingGroup(**rolling),
        )


def _group(config: Mapping[str, Any], name: str, keys: tuple[str, ...]) -> dict[str, Any] | None:
    if name not in config:
        return None
    group = config[name]
    if not isinstance(group, Mapping):
        raise BadRequest(f"{name} must be a mapping, not {type(group).__name__}", hint="没有选项时写 {}", field=name)
    _known(name, group, keys)
    found: dict[str, Any] = {}
    for key, value in group.items():
        if value is None and key == "include":
            continue
        if isinstance(value, str) or not isinstance(value, Sequence | range):
            raise BadRequest(f"{name}.{key} must be a list", hint=f"{name}.{key} 要写成列表", field=f"{name}.{key}")
        found[key] = tuple(value)
    return found


def _known(where: str, given: Mapping[str, Any], keys: tuple[str, ...]) -> None:
    for key in given:
        if key not in keys:
            raise _unknown(f"{where} has no option {key!r}", str(key), keys, where)


def _unknown(message: str, word: str, words: Sequence[str], where: str) -> BadRequest:
    columns = {family.column: family.switch for family in _FAMILIES if family.column and family.switch in words}
    near = columns.get(word) or next(iter(difflib.get_close_matches(word, words, n=1)), None)
    hint = f"可改用 {near}" if near else f"可用：{', '.join(words) or '（无选项）'}"
    return BadRequest(message, hint=hint, field=where, nearest=near)


def feature_columns(config: Alpha158Config | Mapping[str, Any] | None = None) -> tuple[LibraryFactor, ...]:
    """The columns that a configuration makes, in Qlib's order: candles, prices, volumes, then family by family.

    `config` is ours, Qlib's mapping, or None for the 158.

    Raises: BadRequest for an unknown group, option, price or family, and for a window that is not allowed.

    >>> [factor.name for factor in feature_columns({"rolling": {"windows": [5, 9], "include": ["LOW"]}})]
    ['MIN5', 'MIN9']
    """
    if config is None:
        config = Alpha158Config()
    elif not isinstance(config, Alpha158Config):
        config = Alpha158Config.of(config)
    return tuple(_columns(config))


def _columns(config: Alpha158Config) -> Iterator[LibraryFactor]:
    if config.kbar:
        for name, expression, zh, en in _CANDLES:
            yield _factor(name, expression, "price", zh, en)
    if config.price is not None:
        days = _windows("price", config.price.windows, 0)
        for word in config.price.feature:
            if not isinstance(word, str) or word.upper() not in PRICES:
                raise _unknown(f"price.feature has no {word!r}", str(word).upper(), tuple(PRICES), "price.feature")
            for day in days:
                yield price_column(word.upper(), day)
    if config.volume is not None:
        for day in _windows("volume", config.volume.windows, 0):
            yield volume_column(day)
    if config.rolling is not None:
        rolling = config.rolling
        for key, words in (("include", rolling.include or ()), ("exclude", rolling.exclude)):
            for word in words:
                if word not in SWITCHES:
                    raise _unknown(f"rolling.{key} has no family {word!r}", str(word), SWITCHES, f"rolling.{key}")
        days = _windows("rolling", rolling.windows, 1)
        for family in _FAMILIES:
            if family.switch not in rolling.exclude and (rolling.include is None or family.switch in rolling.include):
                for day in days:
                    yield family.of(day)


def _windows(group: str, windows: Sequence[int], least: int) -> tuple[int, ...]:
    for window in windows:
        if isinstance(window, bool) or not isinstance(window, int) or not least <= window <= LONGEST:
            raise BadRequest(
                f"{group}.windows: {window!r} is not an integer from {least} to {LONGEST}",
                hint=f"窗口要写 {least} 到 {LONGEST} 的整数",
                field=f"{group}.windows",
                nearest=5,
            )
    if len(set(windows)) < len(windows):
        raise BadRequest(f"{group}.windows names a window twice", hint="窗口不能重复", field=f"{group}.windows")
    return tuple(windows)


def price_column(word: str, day: int) -> LibraryFactor:
    """The price of `day` sessions ago over today's close, for OPEN, HIGH, LOW, CLOSE or VWAP."""
    zh, en = PRICES[word]
    then = f"Ref(${word.lower()}, {day})" if day else f"${word.lower()}"
    when = (f"{day}日前的{zh}", f"{en} of {day} days ago") if day else (f"当日{zh}", en)
    return _factor(f"{word}{day}", f"{then}/$close", "price", f"{when[0]}与收盘价之比", f"{when[1]} over the close")


def volume_column(day: int) -> LibraryFactor:
    """The volume of `day` sessions ago over today's."""
    then = f"Ref($volume, {day})" if day else "$volume"
    zh, en = (f"{day}日前的成交量", f"Volume of {day} days ago") if day else ("当日成交量", "Volume")
    return _factor(
        f"VOLUME{day}", f"{then}/($volume+1e-12)", "volume", f"{zh}与当日成交量之比", f"{en} over today's volume"
    )


LABELS = (
    _factor(
        "LABEL0",
        "Ref($close, -2)/Ref($close, -1) - 1",
        "momentum",
        "标签：T+1 收盘到 T+2 收盘的收益",
        "Label: return from the close of T+1 to the close of T+2",
    ),
    _factor(
        "LABEL0_VWAP",
        "Ref($vwap, -2)/Ref($vwap, -1) - 1",
        "momentum",
        "标签（vwap 变体，列名仍为 LABEL0）：T+1 均价到 T+2 均价的收益",
        "Label of the vwap variant, whose column is LABEL0 too: return from the VWAP of T+1 to that of T+2",
    ),
)
"""what Qlib's handlers predict: expressions that look ahead"""


@shelved("alpha158")
def alpha158() -> Library:
    """The 158 columns, with Qlib's spellings, order and numbers."""
    return Library(
        name="alpha158",
        zh="Alpha158（Qlib）",
        en="Alpha158 of Qlib",
        dialect="qlib",
        compat="qlib",
        source=SOURCE,
        factors=feature_columns(),
        labels=LABELS,
    )
