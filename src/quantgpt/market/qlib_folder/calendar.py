"""The calendar of a Qlib folder: one session or bar per line, ascending. A bar's row is the number of its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from quantgpt.foundations.errors import BadImport, Broken, NoData
from quantgpt.foundations.panel import Days
from quantgpt.market.calendar import official

COARSE = ("day", "week", "month", "quarter", "year")
"""Frequencies whose lines are days; lines of all others carry a time."""
_LENGTHS = {10, 16, 19}
_SHOWN = 5
_WEEKS_OF_FIVE_DAYS = np.datetime64("1996-01-01", "D")


def frequency(text: str) -> str:
    """A frequency as the names of files have it.

    >>> frequency("1day"), frequency("1d"), frequency("min"), frequency("5min")
    ('day', 'day', '1min', '5min')
    """
    plain = text.strip().lower()
    if plain in ("d", "1d"):
        return "day"
    if plain.removeprefix("1") in COARSE:
        return plain.removeprefix("1")
    return "1min" if plain in ("min", "minute", "1minute") else plain


def unit_of(freq: str) -> str:
    """The unit of numpy's datetime64 for the lines of that frequency."""
    return "D" if freq in COARSE else "s"


def read_calendar(root: Path, freq: str) -> Days:
    """Every bar that the folder's files may hold. Shape: (T,) datetime64, days or seconds; never the `_future` file.

    Raises: NoData where there is no calendar of that frequency; BadImport naming the line of a date that cannot be read,
    comes twice or comes too early.
    """
    path = root / "calendars" / f"{freq}.txt"
    stems = texts_in(root, "calendars")
    if freq not in stems:
        known = [stem for stem in stems if not stem.endswith("_future")]
        raise NoData(
            f"{root.name} 没有频率 {freq} 的日历 calendars/{freq}.txt",
            hint=f"frequencies of this folder: {', '.join(known) or 'none'}; finer data is not resampled",
            field="freq",
            nearest=known[0] if known else None,
        )
    lines = lines_of(path, root)
    if not lines:
        raise BadImport(f"{shown(path, root)} 是空的", hint="one date per line is needed", field="source")
    numbers, texts = [number for number, _ in lines], [text for _, text in lines]
    days = dates_of(texts, freq, lambda at: f"{shown(path, root)} 第 {numbers[at]} 行")
    wrong = np.flatnonzero(days[1:] <= days[:-1])
    if wrong.size:
        at = int(wrong[0])
        what = "重复" if days[at + 1] == days[at] else "早于前一行"
        raise BadImport(
            f"{shown(path, root)} 第 {numbers[at + 1]} 行 {texts[at + 1]} {what}（第 {numbers[at]} 行是 {texts[at]}）",
            hint="lines of a calendar must ascend: the row of every bar is the number of its line",
            field="source",
        )
    days.flags.writeable = False
    return days


def missing_sessions(days: Days) -> Days:
    """Sessions of the Chinese exchanges between the first and the last of `days` that `days` lacks."""
    return np.setdiff1d(official().between(days[0], days[-1]), days)


def refuse_gaps(days: Days, place: str) -> None:
    """Raises: BadImport naming the sessions of the exchanges that a calendar of days skips."""
    gone = missing_sessions(days)
    if gone.size:
        at = int(np.searchsorted(days, gone[0]))
        listed = "、".join(str(day) for day in gone[:_SHOWN]) + (" …" if gone.size > _SHOWN else "")
        raise BadImport(
            f"{place} 缺少 {gone.size} 个交易日：{listed}（第一个应在 {days[at - 1]} 与 {days[at]} 之间）",
            hint="bars after a lost line would carry the wrong date; where the data itself has no such session, open it "
            "with QlibFolder.open(path, gaps='keep')",
            field="source",
        )


def refuse_strangers(days: Days, root: Path) -> None:
    """Raises: BadImport naming the first line of a calendar of days on which the exchanges were closed.

    Known are the days of the official table, and beyond it weekends from 1996 on.
    """
    table = official()
    weekend = (days.astype(np.int64) + 3) % 7 > 4
    inside = (days >= table.days[0]) & (days <= table.official_until)
    wrong = np.flatnonzero((inside & ~table.contains(days)) | (weekend & (days >= _WEEKS_OF_FIVE_DAYS)))
    if wrong.size:
        path = root / "calendars" / "day.txt"
        day = days[wrong[0]]
        number = next((n for n, line in lines_of(path, root) if line.strip().startswith(str(day))), int(wrong[0]) + 1)
        more = f"（共 {wrong.size} 个这样的日期）" if wrong.size > 1 else ""
        raise BadImport(
            f"{shown(path, root)} 第 {number} 行 {day} 不是交易日{'（周末）' if weekend[wrong[0]] else ''}{more}",
            hint="bars after a line too many would carry the wrong date; where the data itself has such a day, open it "
            "with QlibFolder.open(path, gaps='keep')",
            field="source",
        )


def texts_in(root: Path, part: str) -> tuple[str, ...]:
    """Names of the `.txt` files of a part of the folder, without the ending.  Raises: BadImport."""
    try:
        names = [path.name for path in (root / part).iterdir()]
    except OSError as error:
        raise unreadable(f"{part}/", error) from error
    return tuple(sorted(name.removesuffix(".txt") for name in names if name.endswith(".txt") and name[0] != "."))


def unreadable(place: str, error: OSError) -> BadImport:
    """The error for what the system does not let us read."""
    return BadImport(f"无法读取 {place}", hint=error.strerror or str(error), field="source")


def lines_of(path: Path, root: Path) -> list[tuple[int, str]]:
    """Lines with something on them and their 1-based numbers.  Raises: BadImport."""
    try:
        if not path.is_file():
            raise BadImport(f"{shown(path, root)} 不是普通文件", hint="a text file is needed", field="source")
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadImport(
            f"{shown(path, root)} 不是 UTF-8 文本（第 {error.start} 字节）", hint="save it as UTF-8", field="source"
        ) from error
    except OSError as error:
        raise unreadable(shown(path, root), error) from error
    return [(at, line.rstrip()) for at, line in enumerate(text.splitlines(), 1) if line.strip()]


def dates_of(texts: list[str], freq: str, place: Callable[[int], str]) -> Days:
    """Texts as datetime64 of the frequency's unit. `place(i)` says where the i-th text stands.  Raises: BadImport."""
    unit = unit_of(freq)
    plain = [text.strip() for text in texts]
    try:
        if {len(text) for text in plain} <= _LENGTHS:
            found = np.array(plain, dtype="datetime64[s]")
            days = found.astype(f"datetime64[{unit}]")
            if not np.isnat(days).any() and bool((days == found).all()):
                return days
    except ValueError:
        pass
    for at, text in enumerate(plain):
        try:
            one = np.datetime64(text, "s") if len(text) in _LENGTHS else np.datetime64("NaT", "s")
        except ValueError:
            one = np.datetime64("NaT", "s")
        if np.isnat(one) or one.astype(f"datetime64[{unit}]") != one:
            wanted = "YYYY-MM-DD" if unit == "D" else "YYYY-MM-DD HH:MM:SS"
            raise BadImport(f"{place(at)} 不是日期：{text[:40]!r}", hint=f"write it as {wanted}", field="source")
    raise Broken(f"{place(0)}: every date can be read alone, all of them together cannot")


def shown(path: Path, root: Path) -> str:
    """A file as messages name it: relative to the folder."""
    return path.relative_to(root).as_posix()
