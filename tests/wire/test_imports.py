"""Imports over the interface: what is taken in, what is refused, and that nothing is ever half there."""

from __future__ import annotations

import io
import itertools
import json
import os
import resource
import shutil
import signal
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import psutil
import pytest
from starlette.testclient import TestClient
from tests._rig import doing_jobs, make_app, wait_until, working
from tests.market.conftest import daily_frame, write_facts

from quantgpt.faces.rest.app import create_api
from quantgpt.foundations.errors import QuantError
from quantgpt.foundations.hashing import hash_file
from quantgpt.market import MarketStore
from quantgpt.records import LOCAL_ADMIN
from quantgpt.services import import_files, imports
from quantgpt.services._base import App

pytestmark = [pytest.mark.xdist_group("wire"), pytest.mark.timeout(180)]

API = "/api/v1/imports"
BASE = "http://127.0.0.1:8003"
_numbers = itertools.count()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """An installation whose jobs are done, and no market."""
    made = make_app(tmp_path_factory.mktemp("imports") / "home", workers=1)
    with doing_jobs(made):
        yield made
    made.records.close()


@pytest.fixture(scope="module")
def opened(app: App) -> Iterator[TestClient]:
    """A client on this machine."""
    with TestClient(create_api(app), base_url=BASE) as client:
        yield client


@pytest.fixture
def client(app: App, opened: TestClient) -> Iterator[TestClient]:
    """The same, without imports of earlier tests."""
    yield opened
    for row in opened.get(API).json()["imports"]:
        wait_until(lambda row=row: opened.get(f"{API}/{row['id']}").json()["state"] not in ("checking", "writing"), 60)
        opened.delete(f"{API}/{row['id']}")
    assert not [path for path in (app.settings.home / "imports").glob("*") if not path.name.startswith(".gone")]


@pytest.fixture
def market() -> str:
    """A name that no other test uses."""
    return f"m{next(_numbers)}"


def parquet(frame: pd.DataFrame) -> bytes:
    """A frame as a parquet file."""
    out = io.BytesIO()
    frame.to_parquet(out)
    return out.getvalue()


def small(folder: Path) -> dict[str, bytes]:
    """The files of the small market."""
    folder.mkdir(exist_ok=True)
    write_facts(folder)
    return {"bars.parquet": parquet(daily_frame())} | {p.name: p.read_bytes() for p in sorted(folder.iterdir())}


def send(client: TestClient, files: dict[str, bytes], market: str) -> Any:
    """Upload."""
    return client.post(API, files=[("files", pair) for pair in files.items()], data={"market": market})


def settled(client: TestClient, import_id: str) -> dict[str, Any]:
    """An import that waits for nobody."""
    wait_until(lambda: client.get(f"{API}/{import_id}").json()["state"] not in ("checking", "writing"), 60)
    found: dict[str, Any] = client.get(f"{API}/{import_id}").json()
    return found


def looked_at(client: TestClient, files: dict[str, bytes], market: str) -> dict[str, Any]:
    """An import with its preview."""
    answer = send(client, files, market)
    assert answer.status_code == 202, answer.text
    return settled(client, answer.json()["id"])


def written(client: TestClient, import_id: str, **body: Any) -> dict[str, Any]:
    """Commit, and what came of it."""
    answer = client.post(f"{API}/{import_id}/commit", json=body)
    assert answer.status_code == 202, answer.text
    return settled(client, import_id)


def tree(folder: Path) -> dict[str, str]:
    """Every file of a market; not the note on what was verified."""
    found = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "verified.json")
    return {str(path.relative_to(folder)): hash_file(path) for path in found}


def zipped(entries: dict[str, bytes], **how: Any) -> bytes:
    """An archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in entries.items():
            archive.writestr(name, body, **how)
    return out.getvalue()


# -- the way it should go ----------------------------------------------------------------------------------------------


def test_files_become_the_market_that_the_command_line_makes(
    client: TestClient, app: App, market: str, tmp_path: Path
) -> None:
    found = looked_at(client, small(tmp_path / "files"), market)
    preview = found["preview"]
    assert (found["state"], preview["can_commit"], preview["needs_skip_bad_rows"]) == ("ready", True, False)
    assert not (app.settings.market_folder / market).exists()
    states = {row["name"]: (row["state"], row["kind"]) for row in preview["files"]}
    assert states["bars.parquet"] == ("ok", "stock")
    assert states["lists.parquet"] == ("ok", "constituents")
    assert preview["changes"] | {"lists": True} == {
        "new_sessions": 58, "new_names": 3, "first": "2024-01-02", "last": "2024-03-29", "new_rows": 174 + 58,
        "changed_rows": 0, "lists": True, "nothing": False,
    }  # fmt: skip
    done = written(client, found["id"])
    assert (done["state"], done["error"]) == ("done", None)
    (tmp_path / "files" / "bars.parquet").write_bytes(parquet(daily_frame()))
    ours = MarketStore(tmp_path / "store")
    report = ours.import_path(tmp_path / "files", market)
    assert done["result"]["snapshot"] == report.snapshot == app.markets.open(market).snapshot
    assert (done["result"]["accepted"], done["result"]["added"]) == (report.rows, 174 + 58)
    assert preview["totals"]["accepted"] == report.rows
    folder = app.settings.home / "imports" / found["id"]
    assert not (folder / "files").exists()


def test_an_archive_is_the_same_as_its_files(client: TestClient, market: str, tmp_path: Path) -> None:
    files = small(tmp_path / "files")
    inner = {f"2024/{name}": body for name, body in files.items()}
    found = looked_at(client, {"all.zip": zipped(inner)}, market)
    assert {row["name"]: row["state"] for row in found["preview"]["files"]} == {
        f"all/2024/{name}": "ok" for name in files
    }
    assert written(client, found["id"])["state"] == "done"
    again = looked_at(client, files, market)
    assert {row["state"] for row in again["preview"]["files"]} == {"known"}
    assert (again["preview"]["can_commit"], again["preview"]["changes"]["nothing"]) == (False, True)
    answer = client.post(f"{API}/{again['id']}/commit", json={})
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing")


def test_what_is_of_no_use_is_named_and_the_rest_goes_on(client: TestClient, app: App, market: str) -> None:
    files = {
        "行情 2024.parquet": parquet(daily_frame()),
        "cut.parquet": parquet(daily_frame())[:900],
        "utf16.csv": "日期,代码\n".encode("utf-16"),
        "gbk.csv": daily_frame(codes=("600010.SH",)).rename(columns={"date": "日期"}).to_csv(index=False).encode("gbk"),
        "latin.csv": b"date,code\n\xff\xfe\xfd,1\n",
        "sheet.xlsx": b"PK",
        "notes.txt": b"hello",
        "empty.csv": b"",
    }
    found = looked_at(client, files, market)
    rows = {row["name"]: row for row in found["preview"]["files"]}
    states = {name: row["state"] for name, row in rows.items()}
    assert states["行情 2024.parquet"] == states["gbk.csv"] == "ok"
    assert states["cut.parquet"] == states["utf16.csv"] == "refused"
    assert (states["sheet.xlsx"], states["notes.txt"]) == ("unused", "ignored")
    assert {states["empty.csv"], states["latin.csv"]} <= {"refused", "unused"}
    assert all(row["zh"] and row["en"] for row in rows.values())
    done = written(client, found["id"])
    assert (done["state"], len(app.markets.open(market).assets)) == ("done", 4)


def test_rows_that_cannot_be_true_need_a_word(client: TestClient, app: App, market: str) -> None:
    bars = daily_frame()
    bars.loc[:2, "high"] = bars.loc[:2, "low"] - 1
    found = looked_at(client, {"bars.parquet": parquet(bars)}, market)
    row = found["preview"]["files"][0]
    assert (row["state"], row["needs_skip"], row["rejected_rows"], row["accepted"]) == ("ok", True, 3, 171)
    assert (row["rejected"][0]["code"], len(row["rejected"][0]["sample"])) == ("high_below_low", 3)
    answer = client.post(f"{API}/{found['id']}/commit", json={})
    assert (answer.status_code, answer.json()["code"], answer.json()["nearest"]) == (400, "bad_rows", True)
    assert not app.markets.folder(market).exists
    done = written(client, found["id"], skip_bad_rows=True)
    assert (done["state"], done["result"]["rejected"]) == ("done", 3)


def test_a_rollback_takes_an_import_back_and_only_once(client: TestClient, app: App, market: str) -> None:
    first = written(client, looked_at(client, {"a.parquet": parquet(daily_frame())}, market)["id"])["result"][
        "snapshot"
    ]
    later = looked_at(client, {"b.parquet": parquet(daily_frame("2024-04-01", "2024-04-30"))}, market)
    assert later["preview"]["changes"]["new_sessions"] == 20
    second = written(client, later["id"])["result"]["snapshot"]
    url = f"/api/v1/markets/{market}"
    assert [row["id"] for row in client.get(f"{url}/snapshots").json()["snapshots"]] == [second, first]
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda _: client.post(f"{url}/rollback", json={"current": second}).status_code, range(4))
        )
    assert sorted(answers) == [200, 409, 409, 409]
    assert client.get(f"{url}/snapshots").json()["current"] == first == app.markets.open(market).snapshot
    assert client.post(f"{url}/rollback", json={"current": first}).status_code == 409


# -- twice, at once, too late ------------------------------------------------------------------------------------------


def test_a_commit_sent_many_times_writes_once(client: TestClient, app: App, market: str) -> None:
    found = looked_at(client, {"a.parquet": parquet(daily_frame())}, market)

    def post(_: int) -> Any:
        return client.post(f"{API}/{found['id']}/commit", json={})

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(post, range(6)))
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["job"]["id"] for answer in answers}) == 1
    done = settled(client, found["id"])
    assert done["state"] == "done"
    assert post(0).json() == done
    assert len(app.markets.folder(market).pointer().history) == 1
    jobs, _ = app.records.jobs.page(LOCAL_ADMIN, ("data.commit",), page=1, page_size=50)
    assert sum(found["id"] in job.ask for job in jobs) == 1


def test_of_two_imports_on_one_snapshot_the_second_has_to_look_again(client: TestClient, app: App, market: str) -> None:
    one = looked_at(client, {"a.parquet": parquet(daily_frame(codes=("600000.SH",)))}, market)
    two = looked_at(client, {"b.parquet": parquet(daily_frame(codes=("000001.SZ",)))}, market)
    assert client.post(f"{API}/{one['id']}/commit", json={}).status_code == 202
    early = client.post(f"{API}/{two['id']}/commit", json={})
    assert (early.status_code, early.json()["code"] in ("busy", "changed")) == (409, True)
    assert settled(client, one["id"])["state"] == "done"
    late = client.post(f"{API}/{two['id']}/commit", json={})
    assert (late.status_code, late.json()["code"]) == (409, "changed")
    assert client.post(f"{API}/{two['id']}/preview").status_code == 202
    again = settled(client, two["id"])
    assert again["preview"]["base_snapshot"] == app.markets.open(market).snapshot
    assert written(client, two["id"])["state"] == "done"
    assert len(app.markets.open(market).assets) == 2


def test_both_slip_through_and_still_only_one_is_written(app: App, client: TestClient, market: str) -> None:
    """Two commits that were both let in: the later one finds another snapshot under the lock and changes nothing."""
    one = looked_at(client, {"a.parquet": parquet(daily_frame(codes=("600000.SH",)))}, market)
    two = looked_at(client, {"b.parquet": parquet(daily_frame(codes=("000001.SZ",)))}, market)
    asks = [order_of(app, row["id"]) for row in (one, two)]
    imports.commit_import(app, asks[0], lambda *_: None)
    before = tree(app.settings.market_folder / market)
    with pytest.raises(QuantError) as caught:
        imports.commit_import(app, asks[1], lambda *_: None)
    assert getattr(caught.value, "code", "") == "changed"
    assert tree(app.settings.market_folder / market) == before


def test_nothing_is_committed_before_it_was_looked_at(
    app: App, client: TestClient, market: str, tmp_path: Path
) -> None:
    idle = make_app(tmp_path / "idle")
    with TestClient(create_api(idle), base_url=BASE) as alone:
        sent = send(alone, {"a.parquet": parquet(daily_frame())}, market).json()
        answer = alone.post(f"{API}/{sent['id']}/commit", json={})
        assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")
        assert alone.delete(f"{API}/{sent['id']}").status_code == 204
        assert alone.get(f"{API}/{sent['id']}").status_code == 404
        assert idle.records.jobs.get(sent["job"]["id"]).error == "任务已取消"  # type: ignore[union-attr]
    idle.records.close()


def test_too_many_open_imports_are_refused(tmp_path: Path) -> None:
    idle = make_app(tmp_path / "idle")
    with TestClient(create_api(idle), base_url=BASE) as alone:
        for _ in range(imports.MOST_OPEN):
            assert send(alone, {"a.csv": b"a\n"}, "main").status_code == 202
        answer = send(alone, {"a.csv": b"a\n"}, "main")
        assert (answer.status_code, answer.json()["code"]) == (409, "too_many")
        assert len(alone.get(API).json()["imports"]) == imports.MOST_OPEN
    idle.records.close()


def test_the_demo_market_and_impossible_names_take_no_files(client: TestClient, app: App) -> None:
    assert send(client, {"a.csv": b"a\n"}, "demo").status_code == 409
    for name in ("../main", "A", "main/x", "", "x" * 300, "主"):
        answer = send(client, {"a.csv": b"a\n"}, name)
        assert answer.status_code in ((202,) if name == "" else (400,)), (name, answer.text)


# -- names and archives that want to be elsewhere (more of them in tests/services/test_import_files.py) ---------------------


def test_uploaded_names_stay_below_the_import(client: TestClient, app: App, market: str) -> None:
    body = parquet(daily_frame())
    names = ["../../../../evil.parquet", "/evil.parquet", "EVIL.parquet", "a/b.parquet"]
    found = looked_at(client, dict.fromkeys(names, body), market)
    assert {row["name"] for row in found["preview"]["files"]} == {
        "evil.parquet", "evil-2.parquet", "EVIL-3.parquet", "a/b.parquet"
    }  # fmt: skip
    assert not [path for path in app.settings.home.rglob("*evil*") if found["id"] not in path.parts]
    clash = send(client, {"a/b.parquet": body, "a": body}, market)
    assert (clash.status_code, clash.json()["field"]) == (400, "files")


@pytest.mark.parametrize("kind", ["up", "bomb"])
def test_hostile_archives_are_refused_and_write_nothing(client: TestClient, app: App, market: str, kind: str) -> None:
    entries = {"up": {"../../evil.csv": b"x"}, "bomb": {"zeros.csv": bytes(200 << 20)}}[kind]
    found = looked_at(client, {"a.zip": zipped(entries)}, market)
    assert (found["state"], found["preview"]) == ("refused", None)
    assert found["error"]["detail"].startswith("a.zip：")
    folder = app.settings.home / "imports" / found["id"]
    assert not [path for path in (folder / "files").rglob("*") if path.is_file()]
    assert not list(app.settings.home.rglob("*evil*"))
    assert client.post(f"{API}/{found['id']}/commit", json={}).json()["code"] == "not_ready"


def test_an_archive_in_an_archive_stays_closed(client: TestClient, market: str) -> None:
    inner = zipped({"bars.parquet": parquet(daily_frame())})
    found = looked_at(client, {"a.zip": zipped({"inner.zip": inner})}, market)
    assert [(row["name"], row["state"]) for row in found["preview"]["files"]] == [("a/inner.zip", "unused")]
    assert not found["preview"]["can_commit"]
    assert found["preview"]["refused"]


def test_a_qlib_folder_is_told_where_it_belongs(client: TestClient, market: str) -> None:
    files = {
        "q/calendars/day.txt": b"2024-01-02\n",
        "q/instruments/all.txt": b"SH600000\t2024-01-02\t2024-01-02\n",
        "q/features/sh600000/close.day.bin": b"\x00" * 8,
    }
    found = looked_at(client, {"q.zip": zipped(files)}, market)
    assert found["state"] == "refused"
    assert "Qlib" in found["error"]["detail"]


# -- too large, broken off, no room --------------------------------------------------------------------------------------


def raw(client: TestClient, body: bytes, boundary: str = "x", **headers: str) -> Any:
    """A body as it is."""
    return client.post(
        API, content=body, headers={"Content-Type": f"multipart/form-data; boundary={boundary}", **headers}
    )


PART = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\n'


@pytest.mark.parametrize(
    "body",
    [
        b"", b"nothing of the kind", b"--x", PART, PART + b"date,code\r\n", PART + b"1\r\n--y--\r\n",
        PART.replace(b'"files"', b'"other"') + b"1\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="market"\r\n\r\nmain\r\n--x--\r\n',
        b'--x\r\nContent-Disposition: form-data; name="market"\r\n\r\n' + b"m" * 10_000 + b"\r\n--x--\r\n",
        b"--x\r\n" + b"A: b\r\n" * 10_000 + b"\r\n1\r\n--x--\r\n", b"--x\r\n" + b"A" * 100_000,
    ],
)  # fmt: skip
def test_a_broken_form_is_refused_and_leaves_nothing(client: TestClient, app: App, body: bytes) -> None:
    answer = raw(client, body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["field"]
    assert not list((app.settings.home / "imports").glob(".upload-*"))
    assert client.get(API).json()["imports"] == []


def test_other_bodies_are_no_uploads(client: TestClient) -> None:
    for kind in ("application/json", "multipart/form-data", "multipart/form-data; boundary=" + "b" * 300, "text/plain"):
        assert client.post(API, content=b"{}", headers={"Content-Type": kind}).status_code == 400


def test_an_announced_giant_is_turned_away_unread(client: TestClient) -> None:
    answer = client.post(
        API, content=b"x", headers={"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(3 << 30)}
    )
    assert answer.status_code == 413


def test_more_than_may_be_sent_is_cut_off(client: TestClient, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_files, "MOST_BYTES", 3 << 20)
    answer = send(client, {"a.csv": bytes(2 << 20), "b.csv": bytes(2 << 20)}, "main")
    assert (answer.status_code, answer.json()["field"]) == (400, "files")
    monkeypatch.setattr(import_files, "MOST_FILES", 2)
    many = send(client, {"a.csv": b"1", "b.csv": b"1", "c.csv": b"1"}, "main")
    assert (many.status_code, many.json()["nearest"]) == (400, 2)
    assert not list((app.settings.home / "imports").glob(".upload-*"))


def test_no_room_for_an_upload(client: TestClient, app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(import_files.shutil, "disk_usage", lambda _: usage._replace(free=1 << 20))
    assert send(client, {"a.csv": b"1"}, "main").status_code == 507
    monkeypatch.undo()

    class Full(io.BytesIO):
        def write(self, _: Any) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(import_files, "_fresh", lambda path, name: Full())
    answer = send(client, {"a.csv": b"1"}, "main")
    assert (answer.status_code, answer.json()["detail"]) == (507, "磁盘空间不足，未写入任何内容")
    assert not list((app.settings.home / "imports").glob(".upload-*"))


def whole(app: App, market: str) -> bool:
    """Every object of the current snapshot has the content that it is named after."""
    folder = app.markets.folder(market)
    manifest = folder.manifest()
    return all(hash_file(folder.path(name)) == name.partition(".")[0] for name in manifest.objects())


def in_a_fork(work: Callable[[], None]) -> int:
    """What a process of its own ended with; negative for a signal."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def order_of(app: App, import_id: str) -> imports.CommitImport:
    """The order that a commit of an import would queue now."""
    staged = import_files.Staging(app).read(import_id)
    jobs = app.records.jobs.of_lineage(staged.first_job, LOCAL_ADMIN)
    body = json.loads(jobs[-1].outcome or "null")
    totals = {
        "accepted": body["totals"]["accepted"],
        "rejected": 0,
        "added": body["totals"]["added"],
        "changed_rows": 0,
    }
    return imports.CommitImport(
        import_id=import_id,
        market=staged.market,
        base=body["base"],
        skip_bad_rows=False,
        files=body["digests"],
        totals=totals,
    )


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_a_full_disk_during_the_write_changes_nothing(client: TestClient, app: App, market: str) -> None:
    base = written(client, looked_at(client, {"a.parquet": parquet(daily_frame())}, market)["id"])
    found = looked_at(client, {"b.parquet": parquet(daily_frame("2024-04-01", "2024-04-30"))}, market)
    ask, before = order_of(app, found["id"]), tree(app.settings.market_folder / market)

    def work() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
        try:
            imports.commit_import(app, ask, lambda *_: None)
        except QuantError as error:
            os._exit(9 if type(error).__name__ == "DiskFull" else 8)

    assert in_a_fork(work) == 9
    assert tree(app.settings.market_folder / market) == before
    assert app.markets.open(market).snapshot == base["result"]["snapshot"]
    assert written(client, found["id"])["state"] == "done"


# -- killed ------------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
@pytest.mark.parametrize("where", ["read", "store", "announce", "switched", "cleaned"])
def test_killed_at_any_point_it_is_all_or_nothing(client: TestClient, app: App, market: str, where: str) -> None:
    """A second attempt of the same order ends in the same snapshot, and says what the first one did."""
    first = written(client, looked_at(client, {"a.parquet": parquet(daily_frame())}, market)["id"])["result"][
        "snapshot"
    ]
    found = looked_at(client, {"b.parquet": parquet(daily_frame("2024-04-01", "2024-04-30"))}, market)
    ask, folder = order_of(app, found["id"]), app.settings.market_folder / market
    staging = import_files.Staging

    def die(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def work() -> None:
        def progress(stage: str, fraction: float, message: str = "") -> None:
            if stage == where:
                die()

        if where == "announce":
            staging.write_target = lambda *args: (real_target(*args), die())  # type: ignore[method-assign,assignment]
        if where == "switched":
            staging.remove_files = die  # type: ignore[method-assign,assignment]
        if where == "cleaned":
            staging.remove_files = lambda *args: (real_remove(*args), die())  # type: ignore[method-assign,assignment]
        imports.commit_import(app, ask, progress)

    real_target, real_remove = staging.write_target, staging.remove_files
    assert in_a_fork(work) == -signal.SIGKILL
    current = app.markets.open(market)
    assert (current.snapshot == first) == (where in ("read", "store", "announce"))
    assert current.days[-1].astype(str) == ("2024-03-29" if current.snapshot == first else "2024-04-30")
    assert whole(app, market)
    result = imports.commit_import(app, ask, lambda *_: None)
    done = app.markets.open(market)
    assert (result["snapshot"], result["previous"]) == (done.snapshot, first)
    assert (str(done.days[-1]), result["changed"], result["added"]) == ("2024-04-30", True, 3 * 20)
    assert len(app.markets.folder(market).pointer().history) == 2
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


@pytest.mark.slow
def test_real_workers_do_it_and_do_it_again_when_killed(tmp_path: Path) -> None:
    """A child of its own looks at the files and writes them; one that is killed while it works is followed by another."""
    app = make_app(tmp_path / "home", workers=1)
    frame = daily_frame("2010-01-04", "2024-03-29")
    with working(app), TestClient(create_api(app), base_url=BASE) as client:
        found = looked_at(client, {"a.parquet": parquet(frame)}, "main")
        assert client.post(f"{API}/{found['id']}/commit", json={}).status_code == 202
        wait_until(lambda: client.get(f"{API}/{found['id']}").json()["job"]["state"] != "queued", 60)
        killed = [child for child in psutil.Process().children(recursive=True) if child.nice() == 10]
        nursery = {child.pid for child in psutil.Process().children()}
        for child in killed:
            if child.pid not in nursery:
                child.kill()
        done = settled(client, found["id"])
        assert (done["state"], done["result"]["accepted"]) == ("done", len(frame))
        assert whole(app, "main")
    app.records.close()


def test_a_server_killed_between_upload_and_job_loses_nothing(client: TestClient, app: App, market: str) -> None:
    upload = imports.start_upload(app, 0)
    upload.open_file("a.parquet")
    upload.write(parquet(daily_frame()))
    staged = upload.finish(market)
    assert staged.first_job == ""
    assert settled(client, staged.id)["state"] == "ready"


def test_what_a_dead_upload_left_is_swept(client: TestClient, app: App) -> None:
    folder = app.settings.home / "imports" / ".upload-imp_dead"
    (folder / "files").mkdir(parents=True)
    (folder / "files" / "half.csv").write_text("x")
    (folder / ".lock").touch()
    client.get(API)
    assert folder.exists(), "it may still be beginning"
    os.utime(folder, (time.time() - 120, time.time() - 120))
    client.get(API)
    assert not folder.exists()


def test_an_upload_under_way_is_left_alone(client: TestClient, app: App) -> None:
    upload = imports.start_upload(app, 0)
    folder = next((app.settings.home / "imports").glob(".upload-*"))
    os.utime(folder, (time.time() - 120, time.time() - 120))
    client.get(API)
    assert folder.exists()
    upload.give_up()
    assert not folder.exists()


def test_an_old_import_is_gone(client: TestClient, app: App, market: str) -> None:
    found = looked_at(client, {"a.parquet": parquet(daily_frame())}, market)
    staging = import_files.Staging(app)
    staged = staging.read(found["id"])
    staging.write(replace(staged, created_at=staged.created_at - 25 * 3600))
    assert client.get(f"{API}/{found['id']}").status_code == 404
    assert client.post(f"{API}/{found['id']}/commit", json={}).status_code == 404
    client.get(API)
    assert not staging.path(found["id"]).exists()


@pytest.mark.parametrize(
    "import_id", ["imp_0123456789abcdef", "..", "imp_", "imp_0123456789ABCDEF", "x" * 300, "%2e%2e%2fmarket"]
)
def test_ids_that_are_none(client: TestClient, import_id: str) -> None:
    assert client.get(f"{API}/{import_id}").status_code == 404
    assert client.delete(f"{API}/{import_id}").status_code in (404, 405)
    assert client.post(f"{API}/{import_id}/commit", json={}).status_code in (404, 405)


def test_another_site_cannot_send_files(client: TestClient) -> None:
    answer = client.post(API, files=[("files", ("a.csv", b"1"))], headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_the_span_of_a_preview_is_that_of_the_stocks() -> None:
    """New sessions are those of stock bars; an index may go back further."""
    from quantgpt.market.importing.report import FileReport, FileState
    from quantgpt.services.imports import span_of

    def file(kind: str, first: str, last: str) -> FileReport:
        return FileReport(name=kind, kind=kind, state=FileState.IMPORTED, first=first, last=last)

    index, stock = file("index", "2010-01-04", "2025-06-30"), file("stock", "2021-06-01", "2025-06-27")
    assert span_of([index, stock, file("constituents", "2001-01-01", "2030-01-01")]) == ("2021-06-01", "2025-06-27")
    assert span_of([index]) == ("2010-01-04", "2025-06-30")
    assert span_of([]) == (None, None)
