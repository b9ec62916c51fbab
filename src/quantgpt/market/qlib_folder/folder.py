"""A Qlib folder as a source in place: calendar, universes and `.bin` files read into panels, every doubt an error."""

from __future__ import annotations

import difflib
import os
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from quantgpt.foundations.errors import BadImport, BadRequest, NoData, NotFound, QuantError
from quantgpt.foundations.panel import BoolPanel, Days
from quantgpt.market.qlib_folder.bins import heads, read_rows
from quantgpt.market.qlib_folder.calendar import (
    frequency,
    read_calendar,
    refuse_gaps,
    refuse_strangers,
    texts_in,
    unreadable,
)
from quantgpt.market.qlib_folder.codes import code_of_folder, folder_name, our_symbol, qlib_code
from quantgpt.market.qlib_folder.instruments import (
    Extent,
    Membership,
    known_name,
    read_extents,
    read_membership,
    universe_names,
)
from quantgpt.market.qlib_folder.panels import Panels, clipped, lacking, listed, padded_float32

PARTS = ("calendars", "instruments", "features")
_BLOCK = 64
_CHINESE = (".SH", ".SZ", ".BJ")


def is_qlib_folder(path: Path) -> bool:
    """Whether a folder has the three parts of a Qlib folder."""
    return all((path / part).is_dir() for part in PARTS)


@dataclass(frozen=True)
class QlibFolder:
    """An opened folder; files are read when they are asked for.

    `missing`: what to do when some instruments lack a field or have another extent of it: an error that lists them
    (`"error"`), or NaN there and a notice (`"nan"`). `gaps`: whether a calendar of Chinese stocks that skips sessions of the
    exchanges, or has days that are none, is an error or kept as it is. `spans`: whether bars that begin or end elsewhere than
    `instruments/all.txt` says are an error or kept where their file puts them. (Whoever writes a folder with Qlib's own tools
    gets equal dates in both, so a difference means that the calendar, the list or the file changed alone.)
    """

    root: Path
    missing: Literal["error", "nan"] = "error"
    gaps: Literal["error", "keep"] = "error"
    spans: Literal["error", "keep"] = "error"
    _days: dict[str, Days] = field(default_factory=dict, repr=False, compare=False)
    _members: dict[tuple[str, str], Membership] = field(default_factory=dict, repr=False, compare=False)
    _extents: dict[str, dict[str, Extent]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        missing: Literal["error", "nan"] = "error",
        gaps: Literal["error", "keep"] = "error",
        spans: Literal["error", "keep"] = "error",
    ) -> QlibFolder:
        """Open a folder with `calendars`, `instruments` and `features`.  Raises: BadImport, BadRequest."""
        for name, value, other in (("missing", missing, "nan"), ("gaps", gaps, "keep"), ("spans", spans, "keep")):
            if value not in ("error", other):
                raise BadRequest(f"{name} 不能是 {value!r}", hint=f"error | {other}", field=name, nearest="error")
        try:
            root = Path(path).expanduser()
            cls._refuse_others(root)
        except RuntimeError as error:
            raise BadImport(f"文件夹不存在：{str(path)[:200]}", hint=str(error), field="source") from error
        except OSError as error:
            raise unreadable(str(path)[:200], error) from error
        return cls(root, missing, gaps, spans)

    @staticmethod
    def _refuse_others(root: Path) -> None:
        """Raises: BadImport for what is no Qlib folder."""
        if root.is_file():
            packed = tarfile.is_tarfile(root) or zipfile.is_zipfile(root)
            what = "是压缩包，请先解压" if packed else "是文件，不是 Qlib 数据文件夹"
            raise BadImport(f"{root.name} {what}", hint="unpack it, then give the folder", field="source")
        if not root.is_dir():
            raise BadImport(f"文件夹不存在：{str(root)[:200]}", hint="give a Qlib folder", field="source")
        gone = [part for part in PARTS if not (root / part).is_dir()]
        if gone:
            inside = next((one.name for one in sorted(root.iterdir()) if one.is_dir() and is_qlib_folder(one)), None)
            raise BadImport(
                f"{root.name} 不是 Qlib 数据文件夹：缺少 {'、'.join(f'{part}/' for part in gone)}",
                hint=f"did you mean {root / inside}?" if inside else f"needed: {', '.join(PARTS)}",
                field="source",
                nearest=str(root / inside) if inside else None,
            )

    @property
    def label(self) -> str:
        """The folder's name."""
        return self.root.name

    @property
    def universes(self) -> tuple[str, ...]:
        """Universes that the folder holds."""
        return universe_names(self.root)

    def sessions(self, freq: str = "day") -> Days:
        """The calendar of a frequency. Shape: (T,) datetime64, days or seconds.  Raises: NoData, BadImport."""
        freq = frequency(freq)
        if freq not in self._days:
            days = read_calendar(self.root, freq)
            if freq == "day" and self.gaps == "error" and any(our_symbol(c).endswith(_CHINESE) for c in self.held()):
                refuse_strangers(days, self.root)
                refuse_gaps(days, f"calendars/{freq}.txt")
            self._days[freq] = days
        return self._days[freq]

    def held(self) -> tuple[str, ...]:
        """Instruments that have a folder of their own, in Qlib's order.  Raises: BadImport."""
        return tuple(sorted(code_of_folder(name) for name in self._folders()))

    def membership(self, universe: str, freq: str = "day") -> Membership:
        """The spells of a universe as rows of the calendar.  Raises: UnknownUniverse, BadImport."""
        key = (universe.strip().lower(), frequency(freq))
        if key not in self._members:
            self._members[key] = read_membership(self.root, universe, key[1], self.sessions(freq))
        return self._members[key]

    def holds_universe(self, name: str) -> bool:
        """Whether a name is one of a universe here, in any case."""
        return known_name(name, self.universes) is not None

    def fields_of(self, code: str, freq: str = "day") -> frozenset[str]:
        """Fields of one instrument.  Raises: NotFound."""
        end = f".{frequency(freq)}.bin"
        try:
            names = os.listdir(self._folder_of(code))  # noqa: PTH208  (five times as fast on thousands of folders)
        except (FileNotFoundError, NotADirectoryError):
            raise self._unknown([code]) from None
        except OSError as error:
            place = f"features/{folder_name(qlib_code(code))}"
            raise unreadable(place, error) from error
        return frozenset(name.removesuffix(end) for name in names if name.endswith(end) and name[0] != ".")

    def known_fields(self, codes: Sequence[str], freq: str = "day") -> frozenset[str]:
        """Fields that at least one of the instruments has; of nobody, those of any instrument here.

        Raises: NotFound listing the instruments without a folder; NoData where none has a file of that frequency.
        """
        out: set[str] = set()
        gone = []
        for code in codes or self.held():
            try:
                out |= self.fields_of(code, freq)
            except NotFound:
                gone.append(code)
        if gone and (self.missing == "error" or len(gone) == len(codes)):
            raise self._unknown(gone)
        if not out:
            raise self._no_bars(codes, frequency(freq))
        return frozenset(out)

    def panels(
        self, codes: Sequence[str], fields: Sequence[str], freq: str = "day", rows: slice | None = None
    ) -> Panels:
        """Read fields of some instruments over some rows of the calendar.

        Shape:  (T, n) float32 for each field, in the order of `codes`.
        Raises: NotFound for instruments without a folder, NoData listing the instruments that lack a field or whose
                fields cover different rows, BadImport naming a damaged file or one whose bars are not where `all.txt` has
                them. Files that were not asked for are compared too: one wrong start row among many shows.
        """
        freq = frequency(freq)
        codes = tuple(qlib_code(code) for code in codes)
        days = self.sessions(freq)
        rows = slice(0, days.size) if rows is None else rows
        count = rows.stop - rows.start
        values = {name: padded_float32(count, len(codes)) for name in fields}
        starts = np.full((len(values), len(codes)), -1, dtype=np.int64)
        ends = np.full((len(values), len(codes)), -1, dtype=np.int64)
        block = np.empty((min(_BLOCK, max(len(codes), 1)), count), dtype=np.float32)
        for at in range(0, len(codes), _BLOCK):
            part = codes[at : at + _BLOCK]
            for f, (name, panel) in enumerate(values.items()):
                block.fill(np.nan)
                for k, code in enumerate(part):
                    file = f"{folder_name(code)}/{name.lower()}.{freq}.bin"
                    found = read_rows(
                        f"{self.root}/features/{file}", f"features/{file}", days.size, rows.start, block[k]
                    )
                    if found:
                        starts[f, at + k], ends[f, at + k] = found
                panel[:, at : at + len(part)] = block[: len(part)].T
        notices = self._uneven(codes, tuple(values), freq, starts, ends) if values else ()
        if self.spans == "error":
            self._refuse_other_spans(codes, tuple(values), freq, starts, ends)
        there = starts >= 0
        begin = np.where(there, starts, days.size).min(axis=0, initial=days.size)
        first, last = clipped(begin, ends.max(axis=0, initial=-1), rows)
        return Panels(days=days[rows], codes=codes, fields=values, first=first, last=last, notices=notices)

    def eligible(self, codes: Sequence[str], rows: slice, member: BoolPanel | None) -> BoolPanel | None:
        """The members of a session; for a plain list everything with a value."""
        return member

    def industry(self, codes: Sequence[str]) -> NDArray[np.int16] | None:
        """A Qlib folder knows no industries."""
        return None

    def _uneven(
        self,
        codes: tuple[str, ...],
        fields: tuple[str, ...],
        freq: str,
        starts: NDArray[np.int64],
        ends: NDArray[np.int64],
    ) -> tuple[str, ...]:
        """Refuse or report instruments that lack a field, or whose fields do not begin and end together."""
        there = starts >= 0
        bare = np.flatnonzero(~there.any(axis=0))
        gone = [codes[j] for j in bare if not self._folder_of(codes[j]).is_dir()]
        lost = {
            fields[f]: [codes[j] for j in np.flatnonzero(~there[f]) if codes[j] not in gone] for f in range(len(fields))
        }
        lost = {name: some for name, some in lost.items() if some}
        read = [f"{name.lower()}.{freq}.bin" for name in fields]
        odd = []
        for j, code in enumerate(codes):
            bars = zip(read, starts[:, j].tolist(), ends[:, j].tolist(), strict=True)
            files = {name: (float(a), 4 * (b - a + 2)) for name, a, b in bars if a >= 0}
            if len(set(self._heads(code, freq, files).values())) > 1:
                odd.append(code)
        if self.missing == "error":
            hint = "QlibFolder.open(path, missing='nan') takes them as missing values"
            if gone:
                raise self._unknown(gone)
            if lost:
                raise lacking(self.label, {f"{name}.{freq}.bin": some for name, some in lost.items()}, hint)
            if odd:
                raise self._odd(odd, freq)
        notices = [f"{self.label}: no folder for {listed(gone)}"] if gone else []
        notices += [f"{self.label}: no {name}.{freq}.bin for {listed(some)}" for name, some in lost.items()]
        if odd:
            notices.append(f"{self.label}: fields cover different rows for {listed(odd)}")
        return tuple(notices)

    def _heads(
        self, code: str, freq: str, read: Mapping[str, tuple[float, int]] | None = None
    ) -> dict[str, tuple[float, int]]:
        """First value and size of every file of an instrument.  Raises: BadImport."""
        own = folder_name(code)
        return heads(f"{self.root}/features/{own}", f"features/{own}", f".{freq}.bin", read)

    def _odd(self, codes: list[str], freq: str) -> NoData:
        """The error for files of one instrument that do not begin and end together."""
        alike: dict[str, list[str]] = {}
        for name, (head, size) in sorted(self._heads(codes[0], freq).items()):
            rows = f"第 {head:.9g}–{head + size // 4 - 2:.9g} 行" if size % 4 == 0 else f" {size} 字节"
            alike.setdefault(rows, []).append(name)
        parts = [f"{listed(names)} 有{rows}" for rows, names in sorted(alike.items(), key=lambda one: len(one[1]))]
        return NoData(
            f"{self.label} 中 features/{folder_name(codes[0])} 的各个字段覆盖的日期不同：{'，'.join(parts)}；"
            f"涉及 {listed(codes)}",
            hint="a file may be truncated or its start row wrong, and its bars then carry wrong dates; "
            "QlibFolder.open(path, missing='nan') takes what is not there as missing",
            field="source",
        )

    def _refuse_other_spans(
        self,
        codes: tuple[str, ...],
        fields: tuple[str, ...],
        freq: str,
        starts: NDArray[np.int64],
        ends: NDArray[np.int64],
    ) -> None:
        """Raises: BadImport for bars that begin or end elsewhere than the list of instruments says.

        With `missing="nan"` a field may hold fewer bars, but none outside.
        """
        if freq not in self._extents:
            self._extents[freq] = read_extents(self.root, freq, self.sessions(freq))
        extents, days = self._extents[freq], self.sessions(freq)
        fewer = self.missing == "nan"
        for j, code in enumerate(codes):
            said = extents.get(code)
            if said is None:
                continue
            for f, name in enumerate(fields):
                begin, end = int(starts[f, j]), int(ends[f, j])
                last = end if said.last is None else said.last
                alike = said.first <= begin and end <= last if fewer else (begin, end) == (said.first, last)
                if begin < 0 or alike:
                    continue
                raise BadImport(
                    f"features/{folder_name(code)}/{name}.{freq}.bin 的数据从 {days[begin]} 到 {days[end]}，"
                    f"但 {said.place} 写的是 {said.begins} 到 {said.ends}",
                    hint="the start row, the calendar or the list is wrong and the bars may carry wrong dates; where only "
                    "the list is, open it with QlibFolder.open(path, spans='keep')",
                    field="source",
                )

    def _folder_of(self, code: str) -> Path:
        return self.root / "features" / folder_name(qlib_code(code))

    def _folders(self) -> list[str]:
        """Names of the folders of instruments as they are written.  Raises: BadImport."""
        try:
            with os.scandir(self.root / "features") as entries:
                return [one.name for one in entries if one.name[0] != "." and one.is_dir()]
        except OSError as error:
            raise unreadable("features/", error) from error

    def _unknown(self, codes: Sequence[str]) -> QuantError:
        """The error for instruments without a folder, or with one that Qlib does not find."""
        folders = self._folders()
        written = {name.lower(): name for name in folders}
        for code in codes:
            own = folder_name(qlib_code(code))
            if own in written:
                return BadImport(
                    f"{self.label} 的文件夹 features/{written[own]} 必须是小写：features/{own}",
                    hint=f"Qlib looks for lower-case names; rename it: mv {written[own]} {own}",
                    field="source",
                    nearest=own,
                )
        held = sorted(code_of_folder(name) for name in folders)
        near = difflib.get_close_matches(codes[0], held, n=1, cutoff=0.5)
        return NotFound(
            f"{self.label} 没有证券 {listed(codes)} 的文件夹 features/{folder_name(codes[0])}",
            hint=f"nearest: {near[0]}" if near else f"the folder holds {len(held)} instruments",
            field="instruments",
            nearest=near[0] if near else None,
        )

    def _no_bars(self, codes: Sequence[str], freq: str) -> NoData:
        """The error for a frequency of which there is a calendar at most."""
        what = f"证券 {listed(codes)} " if codes else "任何证券都"
        known = [stem for stem in texts_in(self.root, "calendars") if not stem.endswith("_future") and stem != freq]
        return NoData(
            f"{self.label} 有频率 {freq} 的日历，但{what}没有 *.{freq}.bin 文件",
            hint=f"other calendars of this folder: {', '.join(known) or 'none'}; finer data is not resampled",
            field="freq",
            nearest=known[0] if known else None,
        )
