"""The two files of a sweep: the list of expressions that is read, and the table of results that grows beside its options."""

from __future__ import annotations

import csv
import fcntl
import hashlib
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from quantgpt.foundations.errors import BadRequest, Conflict
from quantgpt.foundations.files import room_on_disk, write_text, write_whole

MOST_EXPRESSIONS = 200_000
COLUMNS = (
    "row", "name", "expression", "canonical", "expression_hash", "same_as", "error", "error_start", "error_end", "hint",
    "q_value", "rank_ic_mean", "rank_ic_ir", "rank_ic_t_hac", "rank_ic_p_hac", "rank_ic_win_rate", "icir_annual",
    "ic_mean", "ic_ir", "ic_t_hac", "n_ic_dates", "mean_names", "direction", "out_of_slice_rank_ic",
    "out_of_slice_t_hac", "spread", "spread_t_hac", "spread_net", "long_short_annual", "long_short_annual_net",
    "long_short_sharpe", "monotonicity_score", "group_annual_returns", "strategy_group", "turnover", "total_cost_drag",
    "total_return", "cagr", "sharpe", "sortino", "max_drawdown", "volatility", "win_rate", "profit_factor",
)  # fmt: skip
"""Columns of the table; what a row lacks is empty, or null in JSON Lines."""


@dataclass(frozen=True)
class Line:
    """One factor of the list."""

    row: int
    """1 for the first"""
    name: str
    expression: str


@dataclass(frozen=True)
class Listing:
    """The factors of one file, and the hash of what the file said."""

    lines: tuple[Line, ...]
    digest: str


def read_list(path: Path) -> Listing:
    """Read a list of expressions.

    Text: one on each line, or `name<TAB>expression`; empty lines and those that begin with `#` are skipped. `.csv` and
    `.jsonl`: a column `expression`, and `name` where there is one.
    Raises: BadRequest naming the file and the line.
    """
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise BadRequest(f"无法读取 {path}：{error.strerror}", field="file") from None
    except UnicodeDecodeError:
        raise BadRequest(f"{path} 不是 UTF-8 文本", hint="save it as UTF-8", field="file") from None
    readers = {".csv": _from_csv, ".jsonl": _from_jsonl}
    found = list(readers.get(path.suffix.lower(), _from_text)(path, text))
    if not found:
        raise BadRequest(f"{path} 里没有表达式", hint="one expression a line", field="file")
    if len(found) > MOST_EXPRESSIONS:
        raise BadRequest(f"一次最多扫描 {MOST_EXPRESSIONS:,} 个表达式，{path} 有 {len(found):,} 个", field="file")
    lines = tuple(Line(k + 1, _on_one_line(name), _on_one_line(words)) for k, (name, words) in enumerate(found))
    return Listing(lines, hashlib.sha256(data).hexdigest())


def _on_one_line(text: str) -> str:
    """The expression with each line break as one blank, so that a place in it stays where it was."""
    return "".join(" " if c in "\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029\t\0" else c for c in text).strip()


def _from_text(path: Path, text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            name, tab, expression = line.partition("\t")
            yield (name, expression) if tab else ("", line)


def _from_csv(path: Path, text: str) -> Iterator[tuple[str, str]]:
    rows = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        if "expression" not in (rows.fieldnames or ()):
            raise BadRequest(f"{path} 没有名为 expression 的列", hint="columns: expression, name", field="file")
        for row in rows:
            if (row["expression"] or "").strip():
                yield row.get("name") or "", row["expression"]
    except csv.Error as error:
        raise BadRequest(f"{path} 第 {rows.line_num} 行不是有效的 CSV：{error}", field="file") from None


def _from_jsonl(path: Path, text: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            raise BadRequest(f"{path} 第 {number} 行不是有效的 JSON", field="file") from None
        if not isinstance(row, dict) or not isinstance(row.get("expression"), str):
            raise BadRequest(f"{path} 第 {number} 行没有文本字段 expression", field="file")
        yield str(row.get("name") or ""), row["expression"]


class Table:
    """The table of results: rows are appended batch by batch; a line that was cut off is dropped when it is opened."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_csv = path.suffix.lower() == ".csv"
        self.sidecar = path.with_name(f"{path.name}.options.json")

    @contextmanager
    def opened(self, options: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[dict[int, dict[str, Any]]]:
        """Hold the table alone; the rows that it has already.

        Raises: Conflict when another sweep holds it, when it was made with other options (`words` names them), or when
        the file there is no table of a sweep. BadRequest when it cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(self.path.with_name(f".{self.path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise BadRequest(f"不能写入 {self.path}：{error.strerror}", field="out") from None
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise Conflict(f"另一个扫描正在写 {self.path}", hint="give another --out", field="out") from None
            self._same(options, words)
            yield {int(row["row"]): row for row in self._repaired()}
        finally:
            os.close(lock)

    def known(self) -> dict[str, Any] | None:
        """The options that the table was made with; None where there is none yet. Raises Conflict."""
        if not self.sidecar.exists():
            return None
        try:
            found = json.loads(self.sidecar.read_text())
        except (OSError, ValueError):
            found = None
        if not isinstance(found, dict):
            raise Conflict(f"{self.sidecar} 已损坏，无法继续", hint="give another --out", field="out")
        return found

    def _same(self, options: Mapping[str, Any], words: Mapping[str, str]) -> None:
        known = self.known()
        if known is None:
            if self.path.exists() and self.path.stat().st_size:
                raise Conflict(f"{self.path} 已存在，且不是扫描的结果表", hint="give another --out", field="out")
            write_text(self.sidecar, json.dumps(options, ensure_ascii=False, indent=1) + "\n")
            return
        changed = [name for name in options if known.get(name) != options[name]]
        if changed:
            parts = [_difference(words.get(name, name), known.get(name), options[name], name) for name in changed]
            raise Conflict(
                f"{self.path} 是用另外的设置扫描的：{'；'.join(parts)}",
                hint="use the same file and options to go on, or give another --out",
                field=changed[0],
            )

    def _repaired(self) -> list[dict[str, Any]]:
        """The whole rows of the table, behind which nothing is left in the file."""
        data = self.path.read_bytes() if self.path.exists() else b""
        whole, rows = 0, []
        for line in data.splitlines(keepends=True):
            row = self._parsed(line) if line.endswith(b"\n") else None
            if row is None:
                break
            whole += len(line)
            if row:
                rows.append(row)
        if whole < len(data):
            os.truncate(self.path, whole)
        if not whole and self.is_csv:
            self._append(_csv_line(COLUMNS))
        return rows

    def _parsed(self, line: bytes) -> dict[str, Any] | None:
        """One row; empty for the head of a CSV table, None for what is none."""
        try:
            text = line.decode()
            if not self.is_csv:
                row = json.loads(text)
                return row if isinstance(row, dict) and isinstance(row.get("row"), int) else None
            (cells,) = csv.reader([text], strict=True)
        except (ValueError, csv.Error):
            return None
        if cells == list(COLUMNS):
            return {}
        return _typed(dict(zip(COLUMNS, cells, strict=True))) if len(cells) == len(COLUMNS) else None

    def append(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows; they are on the disk when this returns."""
        self._append("".join(map(self._line, rows)))

    def _append(self, text: str) -> None:
        data = memoryview(text.encode())
        with room_on_disk():
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            try:
                while data:
                    data = data[os.write(handle, data) :]
                os.fsync(handle)
            finally:
                os.close(handle)

    def rewrite(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Replace the table as a whole."""
        head = _csv_line(COLUMNS) if self.is_csv else ""
        body = (head + "".join(map(self._line, rows))).encode()
        write_whole(self.path, lambda handle: handle.write(body), mode=0o644)

    def _line(self, row: Mapping[str, Any]) -> str:
        full = {name: row.get(name) for name in COLUMNS}
        if not self.is_csv:
            return json.dumps(full, ensure_ascii=False, allow_nan=False, separators=(",", ":")) + "\n"
        return _csv_line([_cell(value) for value in full.values()])


_TEXT = frozenset({"name", "expression", "canonical", "expression_hash", "error", "hint", "strategy_group"})


def _typed(cells: Mapping[str, str]) -> dict[str, Any]:
    """The values behind the cells of a CSV row; an empty cell is no value, but an empty name is a name."""
    return {
        name: text
        if name in ("name", "expression")
        else None
        if text == ""
        else text
        if name in _TEXT
        else json.loads(text)
        for name, text in cells.items()
    }


def _cell(value: Any) -> str:
    return "" if value is None else _on_one_line(value) if isinstance(value, str) else json.dumps(value)


def _csv_line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


def _difference(words: str, before: Any, now: Any, name: str) -> str:
    if name == "file_hash":
        return f"{words}已改变"
    return f"{words}上次是 {before}，这次是 {now}"
