"""The Python API: `quantgpt.backtest("rank(close/ts_mean(close, 20))")`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, overload

from quantgpt.foundations.progress import Progress, silent

if TYPE_CHECKING:
    import pandas as pd

    from quantgpt.foundations.series import Series
    from quantgpt.learning.handlers import DataHandler
    from quantgpt.market.market import Market
    from quantgpt.market.qlib_folder import PanelSource
    from quantgpt.services._base import App
    from quantgpt.services.features import FeatureArrays

__all__ = ["BacktestResult", "backtest", "features", "handler"]


class Frames(Mapping[str, "pd.DataFrame"]):
    """The series of a result as data frames, made when asked for."""

    def __init__(self, series: Mapping[str, Series]) -> None:
        self._series = series

    def __getitem__(self, name: str) -> pd.DataFrame:
        import pandas as pd

        table = self._series[name]
        frame = pd.DataFrame({key: list(column) for key, column in table.columns.items()})
        frame.index = pd.Index(list(table.index), name=table.index_name)
        if table.index_name == "date":
            frame.index = pd.DatetimeIndex(frame.index, name="date")
        return frame

    def __iter__(self) -> Any:
        return iter(self._series)

    def __len__(self) -> int:
        return len(self._series)


@dataclass(frozen=True)
class BacktestResult:
    """One tested factor."""

    result: dict[str, Any]
    """everything, as the REST interface gives it"""
    _series: Mapping[str, Series] = field(repr=False)

    @property
    def metrics(self) -> dict[str, Any]:
        """Figures of the strategy: the group on the good side of the factor, after costs."""
        return dict(self.result["metrics"])

    @property
    def summary(self) -> dict[str, Any]:
        """Figures of the factor: IC, groups, turnover, costs."""
        return dict(self.result["backtest_summary"])

    @property
    def score(self) -> float | None:
        """0 to 100."""
        score: float | None = self.result["score"]
        return score

    @property
    def grade(self) -> str:
        """A to D."""
        return str(self.result["grade"])

    @property
    def warnings(self) -> list[dict[str, Any]]:
        """What to keep in mind when reading the figures."""
        return list(self.result["warnings"])

    @cached_property
    def series(self) -> Frames:
        """Tables by name, each a data frame: `nav`, `group_nav`, `ic`, `holdings` …"""
        return Frames(self._series)

    def to_html(self, path: str | Path) -> Path:
        """Write the report to a file. Raises: DiskFull."""
        from quantgpt.foundations.files import write_whole
        from quantgpt.services.reports import render

        body = render(self.result, self._series)
        target = Path(path).resolve()
        write_whole(target, lambda handle: handle.write(body), mode=0o644)
        return target


def backtest(
    expr: str,
    *,
    universe: str = "hs300",
    start: str = "2023-01-01",
    end: str = "2025-12-31",
    groups: int = 5,
    holding: int = 5,
    benchmark: str = "hs300",
    costs: Literal["flat", "itemised"] = "flat",
    market: str | None = None,
    progress: Progress | None = None,
) -> BacktestResult:
    """Test one factor expression here and now.

    Raises: BadExpression, BadRequest, NoData, Unavailable (no market data).
    """
    from quantgpt.services.factor_tests import TestFactor

    ask = TestFactor(
        prompt=expr,
        universe=universe,
        start_date=str(start),
        end_date=str(end),
        n_groups=groups,
        holding_period=holding,
        benchmark=benchmark,
        costs=costs,
        market=market,
    )
    run = _app().run(ask, progress or silent)
    return BacktestResult(run.result, run.series)


@overload
def features(
    instruments: str | Iterable[str] | Mapping[str, Any],
    fields: str | Iterable[str] | Mapping[str, str],
    start: Any = None,
    end: Any = None,
    *,
    dialect: Literal["qlib", "quantgpt"] = "qlib",
    compat: Literal["qlib", "strict", "extended"] = "qlib",
    source: str | Path | Market | PanelSource | None = None,
    frame: Literal[True] = True,
    freq: str = "day",
    threads: int | None = None,
) -> pd.DataFrame:
    """With a frame."""


@overload
def features(
    instruments: str | Iterable[str] | Mapping[str, Any],
    fields: str | Iterable[str] | Mapping[str, str],
    start: Any = None,
    end: Any = None,
    *,
    dialect: Literal["qlib", "quantgpt"] = "qlib",
    compat: Literal["qlib", "strict", "extended"] = "qlib",
    source: str | Path | Market | PanelSource | None = None,
    frame: Literal[False],
    freq: str = "day",
    threads: int | None = None,
) -> FeatureArrays:
    """Without one."""


def features(
    instruments: str | Iterable[str] | Mapping[str, Any],
    fields: str | Iterable[str] | Mapping[str, str],
    start: Any = None,
    end: Any = None,
    *,
    dialect: Literal["qlib", "quantgpt"] = "qlib",
    compat: Literal["qlib", "strict", "extended"] = "qlib",
    source: str | Path | Market | PanelSource | None = None,
    frame: bool = True,
    freq: str = "day",
    threads: int | None = None,
) -> pd.DataFrame | FeatureArrays:
    """Features of many instruments at once, as Qlib's `D.features` gives them.

    `instruments`: codes (`SH600000` or `600000.SH`), a universe (`"csi300"`, `"all"`), or spans by code; a universe and spans
    trim the rows to memberships, a list does not. `fields`: expressions, expressions by name, or a library (`"alpha158"`).
    `source`: a market of ours by name (None: the default one), or the path of a Qlib folder, read in place. `compat="qlib"`
    repeats Qlib's quirks, `"strict"` is ours, `"extended"` adds words of ours to Qlib's.

    Returns a float32 frame indexed by (instrument, datetime), instruments in Qlib's spelling and order; with `frame=False` the
    planes themselves, without a copy.
    Raises: BadExpression, BadRequest, NotFound, NoData, BadImport (a damaged folder, naming the file).
    """
    from quantgpt.services.features import MakeFeatures, make_arrays, make_frame

    ask = MakeFeatures(
        instruments=instruments,
        fields=fields,
        start=start,
        end=end,
        dialect=dialect,
        compat=compat,
        source=source,
        freq=freq,
        threads=threads,
    )
    make = make_frame if frame else make_arrays
    return make(lambda name: _app().markets.open(name), ask)


def handler(
    kind: Literal["Alpha158", "Alpha158vwap", "Alpha360", "Alpha360vwap"],
    instruments: str | Iterable[str] | Mapping[str, Any] = "csi500",
    start: Any = None,
    end: Any = None,
    *,
    source: str | Path | Market | PanelSource | None = None,
    compat: Literal["qlib", "strict"] = "qlib",
    freq: str = "day",
    **settings: Any,
) -> DataHandler:
    """One of Qlib's data handlers on a market of ours or on a Qlib folder: features and label, raw, for inference, for learning.

    `instruments`, `start`, `end` and `source` as in `features`; `settings` are those of the handler (`fit_start_time`,
    `fit_end_time`, `infer_processors`, `learn_processors`, `label`, `threads` …).

    Raises: as `features`; BadRequest for a setting that does not fit.
    """
    from quantgpt.services.handlers import MakeHandler, make_handler

    ask = MakeHandler(
        kind=kind,
        instruments=instruments,
        start=start,
        end=end,
        source=source,
        compat=compat,
        freq=freq,
        settings=settings,
    )
    return make_handler(lambda name: _app().markets.open(name), ask)


@lru_cache(maxsize=1)
def _app() -> App:
    from quantgpt.bootstrap import build_app

    return build_app()
