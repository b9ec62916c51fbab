"""Qlib's ready-made data handlers on a market of ours or on a Qlib folder."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from quantgpt.foundations.errors import BadRequest
from quantgpt.services.features import MakeFeatures, OpenMarket, read_inputs

if TYPE_CHECKING:
    from quantgpt.learning.handlers import DataHandler

KINDS = ("Alpha158", "Alpha158vwap", "Alpha360", "Alpha360vwap")


@dataclass(frozen=True, kw_only=True)
class MakeHandler:
    """Ask for a handler: `kind` is one of `KINDS`, `settings` go to it; the rest as in `MakeFeatures`."""

    kind: str
    instruments: Any = "csi500"
    start: Any = None
    end: Any = None
    source: Any = None
    compat: Literal["qlib", "strict"] = "qlib"
    freq: str = "day"
    settings: Mapping[str, Any] = field(default_factory=dict)


def make_handler(open_market: OpenMarket, ask: MakeHandler) -> DataHandler:
    """The handler, its data computed.

    Raises: BadRequest for an unknown kind or setting; as `services.features.make_frame` for the data.
    """
    from quantgpt.learning import alphas
    from quantgpt.libraries import library
    from quantgpt.libraries.alpha158 import feature_columns

    if ask.kind not in KINDS:
        near = next(iter(difflib.get_close_matches(str(ask.kind), KINDS, n=1)), KINDS[0])
        raise BadRequest(f"no handler {ask.kind!r}", hint=f"可用：{', '.join(KINDS)}", field="kind", nearest=near)
    made = getattr(alphas, ask.kind)
    whole = ask.kind.startswith("Alpha360")
    columns = library("alpha360").factors if whole else feature_columns(ask.settings.get("features"))
    texts = {factor.name: factor.expression for factor in columns}
    labels = alphas.label_columns(ask.settings.get("label"), made.label)
    fields = texts | {f"label {name}": text for name, text in labels.items()}
    read = read_inputs(
        open_market,
        MakeFeatures(
            instruments=ask.instruments,
            fields=fields,
            start=ask.start,
            end=ask.end,
            compat=ask.compat,
            source=ask.source,
            freq=ask.freq,
        ),
    )
    handler: DataHandler = made(
        read.inputs,
        read.names,
        start=read.start,
        stop=read.stop,
        members=read.members,
        compat=ask.compat,
        **ask.settings,
    )
    return handler
