"""Files of finished jobs: archives of results and series, the reports, what came with feedback. Named by ids of ours, never by
user text."""

from __future__ import annotations

import difflib
import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from quantgpt.foundations.errors import BadRequest, NotFound
from quantgpt.foundations.files import write_text, write_whole
from quantgpt.foundations.series import Series

_REPORT_NAME = re.compile(r"backtest_report_\w+\.html", re.ASCII)
_REPORT_DIGEST = re.compile(r"_([0-9a-f]{8})\.html", re.ASCII)
_FEEDBACK_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
_TASK_ID = re.compile(r"[0-9a-z_]{1,32}", re.ASCII)
_DAMAGE = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, ValueError, RuntimeError, LookupError, TypeError)
_STAMP = (1980, 1, 1, 0, 0, 0)


def checked_report_name(name: str) -> str:
    """`name` if it is one of ours. Raises BadRequest."""
    if len(name) > 120 or not _REPORT_NAME.fullmatch(name):
        raise BadRequest("Invalid filename", field="filename", hint="backtest_report_….html")
    return name


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """An archive for reading. Raises FileNotFoundError, NotFound when it is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except _DAMAGE as error:
        raise NotFound("结果文件已损坏", hint="再运行一次这个回测 · run the test again") from error


class Artifacts:
    """The folder of artifacts. Every file appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._reports = folder / "reports"
        self._tasks = folder / "tasks"
        self._feedback = folder / "feedback"

    def report_path(self, name: str) -> Path:
        """Where the report of that name is or would be."""
        return self._reports / checked_report_name(name)

    def write_report(self, name: str, body: bytes) -> None:
        """Store a report."""
        write_whole(self.report_path(name), lambda handle: handle.write(body))

    def drop_report(self, name: str) -> None:
        """Remove a report file; nothing happens when it is gone already."""
        self.report_path(name).unlink(missing_ok=True)

    def write_task(self, task_id: str, result: Mapping[str, Any], series: Mapping[str, Series]) -> None:
        """Store what reports and streams of a task are made of: one compressed archive, the same bytes for the same
        content. A candidate has its own, named by the task, `_` and the digest in the name of its report."""
        entries = {f"series/{name}.json": series[name].to_json() for name in sorted(series)}

        def write(handle: IO[bytes]) -> None:
            with zipfile.ZipFile(handle, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
                for name, body in [("result.json", dict(result)), *entries.items()]:
                    text = json.dumps(body, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
                    entry = zipfile.ZipInfo(name, date_time=_STAMP)
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    archive.writestr(entry, text.encode())

        write_whole(self._task_path(task_id), write)

    def series_names(self, task_id: str) -> list[str]:
        """Names of the stored series of a task; empty when there are none. Raises NotFound for a damaged archive."""
        try:
            with _opened(self._task_path(task_id)) as archive:
                names = [name for name in archive.namelist() if name.startswith("series/")]
        except FileNotFoundError:
            return []
        return sorted(name.removeprefix("series/").removesuffix(".json") for name in names)

    def read_series(self, task_id: str, name: str) -> bytes:
        """One series as JSON text. Raises NotFound."""
        known = self.series_names(task_id)
        if name in known:
            with _opened(self._task_path(task_id)) as archive:
                return archive.read(f"series/{name}.json")
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"known: {', '.join(known)}" if known else "the task has no series"
        raise NotFound("没有这个序列", field="name", hint=hint, nearest=near[0] if near else None)

    def load(self, task_id: str, only: Sequence[str] | None = None) -> tuple[dict[str, Any], dict[str, Series]]:
        """(result, series) of a task; of the series only some, where they are named. Raises NotFound."""
        try:
            with _opened(self._task_path(task_id)) as archive:
                names = archive.namelist() if only is None else ["result.json", *(f"series/{one}.json" for one in only)]
                bodies = {name: json.loads(archive.read(name)) for name in names}
                result = bodies.pop("result.json")
                return result, {body["name"]: Series.from_json(body) for body in bodies.values()}
        except FileNotFoundError:
            raise NotFound("Report not found") from None

    def source_of(self, report: str, task_id: str) -> str:
        """Name of the archive that a report of a task is made from: that of its candidate, or that of the task."""
        found = _REPORT_DIGEST.search(checked_report_name(report))
        name = f"{task_id}_{found[1]}" if found else task_id
        return name if _TASK_ID.fullmatch(name) and self._task_path(name).is_file() else task_id

    def forget_task(self, task_id: str) -> None:
        """Remove every file of a task, and of its candidates."""
        candidates = self._tasks.glob(f"{task_id}_*.zip")
        reports = self._reports.glob(f"backtest_report_*_{task_id}_*.html")
        for path in [self._task_path(task_id), *candidates, *reports]:
            path.unlink(missing_ok=True)

    def picture_path(self, feedback_id: str) -> Path:
        """Where the screenshot of that feedback is or would be. Raises NotFound for an id that is not ours."""
        if not _FEEDBACK_ID.fullmatch(feedback_id):
            raise NotFound("Screenshot not found")
        return self._feedback / f"{feedback_id}.png"

    def write_picture(self, feedback_id: str, picture: bytes) -> None:
        """Store the screenshot of feedback."""
        write_whole(self.picture_path(feedback_id), lambda handle: handle.write(picture), mode=0o600)

    def write_feedback(self, feedback_id: str, body: Mapping[str, Any]) -> None:
        """Store a copy of feedback beside its screenshot."""
        text = json.dumps(dict(body), ensure_ascii=False, allow_nan=False, indent=1)
        write_text(self.picture_path(feedback_id).with_suffix(".json"), f"{text}\n", mode=0o600)

    def forget_feedback(self, feedback_id: str) -> None:
        """Remove what was stored of feedback that was refused."""
        for suffix in (".png", ".json"):
            self.picture_path(feedback_id).with_suffix(suffix).unlink(missing_ok=True)

    def sweep(self) -> int:
        """Remove what killed writers left behind; returns the number of files."""
        left = [path for folder in (self._reports, self._tasks, self._feedback) for path in folder.glob(".*.part")]
        for path in left:
            path.unlink(missing_ok=True)
        return len(left)

    def _task_path(self, task_id: str) -> Path:
        if not _TASK_ID.fullmatch(task_id):
            raise NotFound("Task not found")
        return self._tasks / f"{task_id}.zip"
