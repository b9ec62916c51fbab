"""Qlib's ready-made handlers: Alpha158 and Alpha360, with their labels and default processors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypedDict, Unpack

import numpy as np

from quantgpt.expr.expression import Expression, read_expression
from quantgpt.expr.features import FeatureBlock, FeatureInputs, compute_features
from quantgpt.foundations.errors import BadRequest
from quantgpt.foundations.panel import BoolPanel
from quantgpt.learning.handlers import DataHandler
from quantgpt.learning.processors import Description
from quantgpt.learning.tables import FEATURE, LABEL, Column, Table
from quantgpt.libraries import LibraryFactor, library
from quantgpt.libraries.alpha158 import Alpha158Config, feature_columns

Compat: TypeAlias = Literal["qlib", "strict"]
Label: TypeAlias = "str | Sequence[str] | Sequence[Sequence[str]] | Mapping[str, str] | None"
"""one expression (column LABEL0), name → expression, or Qlib's forms: a list of expressions, or (expressions, names);
None for the usual one"""
LABEL_COLUMN = "LABEL0"
LEARN_PROCESSORS: tuple[Description, ...] = (
    "DropnaLabel",
    {"class": "CSZScoreNorm", "kwargs": {"fields_group": LABEL}},
)
INFER_PROCESSORS: tuple[Description, ...] = ("ProcessInf", "ZScoreNorm", "Fillna")
FEATURE_PROCESSORS: tuple[Description, ...] = tuple(
    {"class": str(name), "kwargs": {"fields_group": FEATURE}} for name in INFER_PROCESSORS
)


class Settings(TypedDict, total=False):
    """What `DataHandler` takes besides the table and the processors of its own."""

    shared_processors: Iterable[Description]
    process_type: str
    fit_start_time: object
    fit_end_time: object
    fitted: Sequence[Mapping[str, Any]] | None
    drop_raw: bool
    threads: int


@dataclass(frozen=True)
class FeatureSource:
    """Columns as expressions over one set of inputs; called, it computes them.

    `columns` is group → name → expression in Qlib's dialect. `inputs` are T sessions × N `names`; the table has the rows
    `start` … `stop` − 1. A row (session, name) exists from the name's first to its last bar, suspended sessions included,
    and where `members` (T, N; None: always) says that it belonged to the universe; history outside enters windows.
    `compat` says with whose numbers the features are computed; a label always has Qlib's, so that results compare.

    Raises: BadExpression for a text that cannot be read; when called, NoData for a field that the inputs lack.
    """

    columns: Mapping[str, Mapping[str, str]]
    inputs: FeatureInputs
    names: Sequence[str]
    start: int = 0
    stop: int | None = None
    members: BoolPanel | None = None
    compat: Compat = "qlib"
    threads: int = 1

    def __post_init__(self) -> None:
        shape = (len(self.inputs.days), len(self.inputs.first))
        if len(self.names) != shape[1]:
            raise BadRequest(f"{len(self.names)} names were given for {shape[1]} columns of data", field="names")
        if self.members is not None and self.members.shape != shape:
            raise BadRequest(f"members is {self.members.shape}, the data are {shape}", field="members")
        self.expressions()

    def expressions(self) -> dict[str, list[Expression]]:
        """The expressions of every group, read."""
        return {group: [self._read(group, text) for text in texts.values()] for group, texts in self.columns.items()}

    def __call__(self) -> Table:
        """Compute every group as one plan and lay the planes side by side, without a copy."""
        columns: list[Column] = []
        block: FeatureBlock | None = None
        for group, expressions in self.expressions().items():
            block = compute_features(expressions, self.inputs, start=self.start, stop=self.stop, threads=self.threads)
            names = self.columns[group]
            columns += [Column(group, name, plane) for name, plane in zip(names, block.values, strict=True)]
        if block is None:
            raise BadRequest("a table needs at least one column", field="columns")
        return Table(block.days, self.names, self._present(block), columns)

    def _present(self, block: FeatureBlock) -> BoolPanel:
        row = np.arange(len(block.days))[:, None]
        present: BoolPanel = (row >= block.first) & (row <= block.last)
        if self.members is not None:
            present &= self.members[self.start : self.start + len(block.days)]
        return present

    def _read(self, group: str, text: str) -> Expression:
        is_label = group == LABEL
        compat = "qlib" if is_label else self.compat
        return read_expression(text, dialect="qlib", compat=compat, fields=self.inputs.fields, allow_lookahead=is_label)


class Alpha158(DataHandler):
    """158 features of price and volume and the return from the close of T+1 to that of T+2.

    Processors by default: none for inference; for learning `DropnaLabel`, then `CSZScoreNorm` of the label.
    `compat="qlib"` gives the features Qlib's numbers, `strict` ours for the same words. `features` is a configuration of
    the groups `kbar`, `price`, `volume`, `rolling` (None: the 158).
    Source: Qlib 0.9.7, `Alpha158`.
    """

    label = LABEL_COLUMN

    def __init__(
        self,
        inputs: FeatureInputs,
        names: Sequence[str],
        *,
        start: int = 0,
        stop: int | None = None,
        members: BoolPanel | None = None,
        features: Alpha158Config | Mapping[str, Any] | None = None,
        label: Label = None,
        compat: Compat = "qlib",
        infer_processors: Iterable[Description] = (),
        learn_processors: Iterable[Description] = LEARN_PROCESSORS,
        **settings: Unpack[Settings],
    ) -> None:
        columns = {FEATURE: _texts(feature_columns(features)), LABEL: label_columns(label, self.label)}
        threads = settings.get("threads", 1)
        super().__init__(
            FeatureSource(columns, inputs, names, start, stop, members, compat, threads),
            infer_processors=infer_processors,
            learn_processors=learn_processors,
            **settings,
        )


class Alpha158vwap(Alpha158):
    """Alpha158 whose label is the return from the average price of T+1 to that of T+2.

    Source: Qlib 0.9.7, `Alpha158vwap`.
    """

    label = "LABEL0_VWAP"


class Alpha360(DataHandler):
    """Sixty days of prices over today's close and of volumes over today's, and the label of Alpha158.

    Processors by default: for inference `ProcessInf`, `ZScoreNorm`, `Fillna`; for learning those of Alpha158. In Qlib the
    first three have no group, so that the label is standardised and a missing one becomes 0, in both processed views;
    `compat="qlib"` keeps that and says so in `notices`, `strict` applies them to the features alone.
    Source: Qlib 0.9.7, `Alpha360`.
    """

    label = LABEL_COLUMN

    def __init__(
        self,
        inputs: FeatureInputs,
        names: Sequence[str],
        *,
        start: int = 0,
        stop: int | None = None,
        members: BoolPanel | None = None,
        label: Label = None,
        compat: Compat = "qlib",
        infer_processors: Iterable[Description] | None = None,
        learn_processors: Iterable[Description] = LEARN_PROCESSORS,
        **settings: Unpack[Settings],
    ) -> None:
        columns = {FEATURE: _texts(library("alpha360").factors), LABEL: label_columns(label, self.label)}
        usual = INFER_PROCESSORS if compat == "qlib" else FEATURE_PROCESSORS
        threads = settings.get("threads", 1)
        super().__init__(
            FeatureSource(columns, inputs, names, start, stop, members, compat, threads),
            infer_processors=usual if infer_processors is None else infer_processors,
            learn_processors=learn_processors,
            **settings,
        )


class Alpha360vwap(Alpha360):
    """Alpha360 whose label is the return from the average price of T+1 to that of T+2.

    Source: Qlib 0.9.7, `Alpha360vwap`.
    """

    label = "LABEL0_VWAP"


def label_columns(label: Label, usual: str = LABEL_COLUMN) -> dict[str, str]:
    """Name → expression of the label; None is the usual one of the library, which is always called LABEL0.

    >>> label_columns((["Ref($open, -2)/Ref($open, -1) - 1"], ["LABEL0"]))
    {'LABEL0': 'Ref($open, -2)/Ref($open, -1) - 1'}

    Raises: BadRequest for another form, for names that do not match the expressions, and for none at all.
    """
    if label is None:
        return {LABEL_COLUMN: next(one.expression for one in library("alpha158").labels if one.name == usual)}
    if isinstance(label, str):
        return {LABEL_COLUMN: label}
    if not isinstance(label, Mapping | Sequence):
        raise _no_label()
    if isinstance(label, Mapping):
        made = dict(label)
    elif len(label) == 2 and all(isinstance(part, Sequence) and not isinstance(part, str) for part in label):
        texts, names = label
        if len(texts) != len(set(names)):
            raise BadRequest(f"{len(texts)} label expressions have {len(set(names))} names", field="label")
        made = dict(zip(names, texts, strict=True))
    else:
        made = {str(text): str(text) for text in label if isinstance(text, str)}
        if len(made) != len(label):
            raise _no_label()
    if not made:
        raise BadRequest("a label needs at least one expression", field="label")
    return made


def _no_label() -> BadRequest:
    return BadRequest("a label is an expression, a list of different ones, or (expressions, names)", field="label")


def _texts(factors: Iterable[LibraryFactor]) -> dict[str, str]:
    return {factor.name: factor.expression for factor in factors}
