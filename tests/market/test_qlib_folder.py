"""A Qlib folder as a source: what is written is read back to the bit, and every doubt is an error that names its place."""

from __future__ import annotations

import os
import tarfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quantgpt.foundations.errors import BadImport, BadRequest, NoData, NotFound, QuantError, UnknownUniverse
from quantgpt.market.qlib_folder import QlibFolder, is_qlib_folder, our_symbol, qlib_code
from quantgpt.market.qlib_folder.bins import start_row, write_bin
from quantgpt.market.qlib_folder.codes import RESERVED, code_of_folder, folder_name

DAYS = ("2024-01-02", "2024-01-03", "2024-01-04", "2024-01-05", "2024-01-08", "2024-01-09", "2024-01-10", "2024-01-11")
CLOSE = "features/sh600000/close.day.bin"


def make(root: Path, bars: dict[str, tuple[int, list[float]]], days: tuple[str, ...] = DAYS) -> Path:
    """A folder with `open` and `close` of some instruments, each from a row on."""
    for part in ("calendars", "instruments", "features"):
        (root / part).mkdir(parents=True)
    (root / "calendars" / "day.txt").write_text("".join(f"{day}\n" for day in days))
    lines = []
    for code, (start, values) in bars.items():
        folder = root / "features" / folder_name(code)
        folder.mkdir()
        for name in ("open", "close"):
            write_bin(folder / f"{name}.day.bin", start, np.array(values, dtype=np.float32))
        lines.append(f"{code}\t{days[start]}\t{days[start + len(values) - 1]}\n")
    (root / "instruments" / "all.txt").write_text("".join(lines))
    return root


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two stocks over eight sessions, the second one from the third on, missing once."""
    bars = {"SH600000": (0, [float(i + 1) for i in range(8)]), "SZ000001": (2, [5.0, 6.0, np.nan, 8.0])}
    return make(tmp_path / "data", bars)


def raw(path: Path, *values: float, dtype: str = "<f4") -> None:
    np.array(values, dtype=dtype).tofile(path)


def read(folder: Path, *fields: str, **how: str) -> None:
    opened = QlibFolder.open(folder, **how)  # type: ignore[arg-type]
    opened.panels(("SH600000", "SZ000001"), fields or ("close",))


def test_bars_stand_on_the_rows_of_their_dates(folder: Path) -> None:
    found = QlibFolder.open(folder).panels(("SH600000", "SZ000001"), ("close",))
    n = np.nan
    np.testing.assert_array_equal(
        found.fields["close"].T, np.array([[1, 2, 3, 4, 5, 6, 7, 8], [n, n, 5, 6, n, 8, n, n]], np.float32)
    )
    assert found.first.tolist() == [0, 2]
    assert found.last.tolist() == [7, 5]
    assert found.days.astype(str).tolist() == list(DAYS)
    assert found.fields["close"].dtype == np.float32


def test_some_rows_are_the_rows_of_the_whole(folder: Path) -> None:
    opened = QlibFolder.open(folder)
    whole = opened.panels(("SZ000001", "SH600000"), ("close",))
    for low in range(8):
        for high in range(low + 1, 9):
            part = opened.panels(("SZ000001", "SH600000"), ("close",), rows=slice(low, high))
            np.testing.assert_array_equal(part.fields["close"], whole.fields["close"][low:high])
            bars = [(max(a, low) - low, min(b, high - 1) - low) for a, b in zip(whole.first, whole.last, strict=True)]
            assert [(a, b) if b >= a else (0, -1) for a, b in bars] == list(
                zip(part.first.tolist(), part.last.tolist(), strict=True)
            )


def test_rows_of_a_panel_begin_on_cache_lines(folder: Path) -> None:
    panel = QlibFolder.open(folder).panels(("SH600000", "SZ000001"), ("close",)).fields["close"]
    assert panel.ctypes.data % 64 == panel.strides[0] % 64 == 0


def test_symbols_are_spelled_both_ways() -> None:
    assert qlib_code("600000.SH") == qlib_code("sh600000") == qlib_code("SH600000") == "SH600000"
    assert our_symbol("SZ000001") == "000001.SZ"
    assert qlib_code("aapl") == our_symbol("AAPL") == "AAPL"


@pytest.mark.parametrize("code", ["../SH600000", "a/b", "", ".hidden", "a\tb"])
def test_a_code_cannot_leave_the_folder(code: str) -> None:
    with pytest.raises(BadRequest):
        qlib_code(code)


@pytest.mark.parametrize("code", sorted(RESERVED))
def test_reserved_names_carry_a_prefix_on_disk(code: str) -> None:
    assert folder_name(code) == f"_qlib_{code.lower()}"
    assert code_of_folder(folder_name(code)) == code


def test_an_instrument_with_a_reserved_name_is_read(tmp_path: Path) -> None:
    root = make(tmp_path / "d", {"CON": (1, [3.0, 4.0])})
    assert (root / "features" / "_qlib_con").is_dir()
    opened = QlibFolder.open(root)
    assert opened.held() == ("CON",)
    assert opened.panels(("CON",), ("close",)).fields["close"][:3, 0].tolist()[1:] == [3.0, 4.0]


def test_an_instrument_may_have_several_spells(folder: Path) -> None:
    lines = (
        "SH600000\t2024-01-02\t2024-01-03\nSZ000001\t2000-01-01\t2099-12-31\nSH600000\t2024-01-09\t2024-01-09\n"
        "SH600001\t1999-01-01\t2001-01-01\n"
    )
    (folder / "instruments" / "csi300.txt").write_text(lines)
    opened = QlibFolder.open(folder)
    found = opened.membership("csi300")
    assert found.spans == {"SH600000": ((0, 1), (5, 5)), "SZ000001": ((0, 7),)}
    assert opened.membership("hs300").spans == found.spans
    assert found.touching(2, 5) == ("SZ000001",)
    assert found.mask(("SH600000",), slice(1, 7))[:, 0].tolist() == [True, False, False, False, True, False]


def test_the_future_calendar_holds_no_bars(folder: Path) -> None:
    (folder / "calendars" / "day_future.txt").write_text("".join(f"{d}\n" for d in (*DAYS, "2024-01-12")))
    assert QlibFolder.open(folder).sessions().size == 8


def test_minute_bars_have_a_calendar_of_their_own(folder: Path) -> None:
    times = [f"2024-01-02 09:{31 + i}:00" for i in range(4)]
    (folder / "calendars" / "1min.txt").write_text("".join(f"{t}\n" for t in times))
    write_bin(folder / "features" / "sh600000" / "close.1min.bin", 1, np.array([1.5, 2.5], np.float32))
    opened = QlibFolder.open(folder)
    found = opened.panels(("SH600000",), ("close",), "min")
    assert found.days.astype(str).tolist() == [t.replace(" ", "T") for t in times]
    assert (found.first[0], found.last[0]) == (1, 2)
    assert opened.fields_of("SH600000", "1min") == {"close"}
    with pytest.raises(NoData, match="5min"):
        opened.sessions("5min")


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_is_written_is_read_back_to_the_bit(data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    sessions = data.draw(st.integers(1, 40))
    days = tuple(str(np.datetime64("2001-01-01") + i) for i in range(sessions))
    names = data.draw(st.lists(st.sampled_from(["AAPL", "CON", "LPT1", "BRK-B", "X"]), min_size=1, unique=True))
    number = st.floats(width=32, allow_infinity=True, allow_nan=True)
    bars = {}
    for name in names:
        start = data.draw(st.integers(0, sessions - 1))
        count = data.draw(st.integers(1, sessions - start))
        values = data.draw(st.lists(st.one_of(st.just(1.0), number), min_size=count, max_size=count))
        values[0] = 1.0
        bars[name] = (start, values)
    root = make(tmp_path_factory.mktemp("q") / "d", bars, days)
    found = QlibFolder.open(root).panels(tuple(names), ("close", "open"))
    for j, name in enumerate(names):
        start, values = bars[name]
        wanted = np.full(sessions, np.nan, np.float32)
        wanted[start : start + len(values)] = values
        np.testing.assert_array_equal(found.fields["close"][:, j], wanted)
        assert (found.first[j], found.last[j]) == (start, start + len(values) - 1)


def refuse(folder: Path, *words: str, kind: type[QuantError] = BadImport, **how: str) -> None:
    """Reading `close` of both stocks fails, and the message says all the words."""
    with pytest.raises(kind) as caught:
        read(folder, "close", "open", **how)
    text = str(caught.value)
    assert all(word in text for word in words), text


def test_a_truncated_file_is_refused(folder: Path) -> None:
    path = folder / CLOSE
    path.write_bytes(path.read_bytes()[:-3])
    refuse(folder, CLOSE, "截断", "33")


def test_an_empty_file_is_refused(folder: Path) -> None:
    (folder / CLOSE).write_bytes(b"")
    refuse(folder, CLOSE, "0 字节")


def test_a_file_with_nothing_but_a_start_is_refused(folder: Path) -> None:
    raw(folder / CLOSE, 0)
    refuse(folder, CLOSE, "没有数据")


@pytest.mark.parametrize("start", [-1, 0.5, 8, 1e9, np.nan, np.inf])
def test_a_start_that_is_no_row_is_refused(folder: Path, start: float) -> None:
    raw(folder / CLOSE, start, 1, 2, 3)
    refuse(folder, CLOSE, "起始行号")


def test_bars_beyond_the_calendar_are_refused(folder: Path) -> None:
    raw(folder / CLOSE, 5, 1, 2, 3, 4)
    refuse(folder, CLOSE, "超出日历", "第 5 行", "1 bars have no date")


@pytest.mark.parametrize("start", [0, 3])
def test_the_other_byte_order_is_named(folder: Path, start: int) -> None:
    raw(folder / CLOSE, start, *[10.5, np.nan, 0.0, 11.25, 9.5][: 8 - start], dtype=">f4")
    refuse(folder, CLOSE, "字节序", "big-endian")


@given(
    scale=st.sampled_from([1e-2, 1.0, 3e3, 1e9]),
    spread=st.floats(0.001, 2.0),
    count=st.integers(5, 300),
    gaps=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_byte_orders_are_told_apart_by_the_values(
    scale: float, spread: float, count: int, gaps: bool, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    values = scale * np.exp(spread * rng.standard_normal(count))
    if gaps:
        values[rng.random(count) < 0.3] = np.nan
        values[rng.random(count) < 0.1] = 0.0
    body = np.concatenate([[0.0], values])
    size = 4 * body.size
    assert start_row(body.astype("<f4").tobytes(), size, "x.bin", 1000) == 0
    if np.unique(values[np.abs(values) > 0]).size >= 5:
        with pytest.raises(BadImport, match="big-endian"):
            start_row(body.astype(">f4").tobytes(), size, "x.bin", 1000)


def test_a_short_file_is_not_shifted(folder: Path) -> None:
    raw(folder / CLOSE, 0, 1, 2, 3)
    refuse(folder, "features/sh600000", "close.day.bin 有第 0–2 行", "open.day.bin 有第 0–7 行", kind=NoData)


def test_a_file_that_lost_whole_values_is_noticed_by_the_others(folder: Path) -> None:
    path = folder / CLOSE
    path.write_bytes(path.read_bytes()[:-8])
    with pytest.raises(NoData) as caught:
        read(folder, "close")
    assert all(word in str(caught.value) for word in ("features/sh600000", "close.day.bin", "truncated"))
    with pytest.raises(NoData):
        read(folder, "open")
    found = QlibFolder.open(folder, missing="nan").panels(("SH600000", "SZ000001"), ("close",))
    assert found.last.tolist() == [5, 5]
    assert any("different rows" in notice for notice in found.notices)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: [*d[:3], d[1], *d[3:]], ("第 4 行", "2024-01-03", "早于")),
        (lambda d: [*d[:3], d[2], *d[3:]], ("第 4 行", "2024-01-04", "重复")),
        (lambda d: [*d[:3], "2024-01-32", *d[3:]], ("第 4 行", "2024-01-32", "不是日期")),
        (lambda d: [*d[:3], "20240105", *d[4:]], ("第 4 行", "20240105")),
        (lambda d: [*d[:3], "2024-01", *d[4:]], ("第 4 行",)),
        (lambda d: [*d[:3], "2024-01-05 10:00:00", *d[4:]], ("第 4 行", "10:00:00")),
        (lambda d: [*d[:3], "Jan 5", *d[4:]], ("第 4 行", "Jan 5")),
        (lambda d: [], ("是空的",)),
        (lambda d: [*d[:3], *d[4:]], ("缺少 1 个交易日", "2024-01-05", "2024-01-04", "2024-01-08")),
    ],
)
def test_a_calendar_that_does_not_ascend_day_by_day_is_refused(
    folder: Path, change: Callable[[list[str]], list[str]], words: tuple[str, ...]
) -> None:
    (folder / "calendars" / "day.txt").write_text("".join(f"{line}\n" for line in change(list(DAYS))))
    refuse(folder, "calendars/day.txt", *words)


def test_a_calendar_with_gaps_may_be_kept(folder: Path) -> None:
    (folder / "calendars" / "day.txt").write_text("".join(f"{d}\n" for d in ("2023-12-28", *DAYS)))
    refuse(folder, "2023-12-29")
    assert QlibFolder.open(folder, gaps="keep").sessions().size == 9


def test_a_lost_line_is_noticed_by_the_bars_too(folder: Path) -> None:
    (folder / "calendars" / "day.txt").write_text("".join(f"{d}\n" for d in DAYS[:-1]))
    refuse(folder, CLOSE, "超出日历", "the calendar lacks lines")


def test_a_field_that_some_instruments_lack_lists_them(folder: Path) -> None:
    (folder / "features" / "sz000001" / "close.day.bin").unlink()
    refuse(folder, "close.day.bin", "SZ000001", kind=NoData)
    with pytest.raises(NoData) as caught:
        read(folder, "close")
    assert "SH600000" not in caught.value.message
    found = QlibFolder.open(folder, missing="nan").panels(("SH600000", "SZ000001"), ("close", "open"))
    assert np.isnan(found.fields["close"][:, 1]).all()
    assert (found.first[1], found.last[1]) == (2, 5)
    assert [n for n in found.notices if "close" in n and "SZ000001" in n]


def test_an_instrument_without_a_folder_is_named(folder: Path) -> None:
    for path in (folder / "features" / "sz000001").iterdir():
        path.unlink()
    (folder / "features" / "sz000001").rmdir()
    refuse(folder, "SZ000001", "features/sz000001", kind=NotFound)
    found = QlibFolder.open(folder, missing="nan").panels(("SH600000", "SZ000001"), ("close",))
    assert (found.first[1], found.last[1]) == (0, -1)
    assert any("SZ000001" in notice for notice in found.notices)


def test_an_unknown_instrument_is_told_its_nearest(folder: Path) -> None:
    with pytest.raises(NotFound) as caught:
        QlibFolder.open(folder).known_fields(("SH600001",))
    assert caught.value.nearest == "SH600000"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("SH600000\t2024-01-09\t2024-01-02", ("第 2 行", "晚于")),
        ("SH600000\t2024-01-09", ("第 2 行", "SH600000")),
        ("SH600000 2024-01-02 2024-01-09", ("第 2 行",)),
        ("SH600000\t2024-13-01\t2024-01-09", ("第 2 行", "2024-13-01")),
        ("SH600000\t2023-01-02\t2023-01-09", ("第 2 行", "之外")),
        ("SH600000\t2024-02-02\t2024-03-09", ("第 2 行", "之外")),
    ],
)
def test_a_line_of_instruments_that_makes_no_sense_is_named(folder: Path, line: str, words: tuple[str, ...]) -> None:
    path = folder / "instruments" / "all.txt"
    path.write_text(f"{path.read_text().splitlines()[0]}\n{line}\n")
    with pytest.raises(BadImport) as caught:
        QlibFolder.open(folder).membership("all")
    assert all(word in str(caught.value) for word in ("instruments/all.txt", *words))


def test_an_unknown_universe_is_told_its_nearest(folder: Path) -> None:
    (folder / "instruments" / "csi300.txt").write_text("SH600000\t2024-01-02\t2024-01-03\n")
    with pytest.raises(UnknownUniverse) as caught:
        QlibFolder.open(folder).membership("csi30")
    assert caught.value.nearest == "csi300"


def test_an_archive_has_to_be_unpacked_first(folder: Path, tmp_path: Path) -> None:
    packed = tmp_path / "data.tar.gz"
    with tarfile.open(packed, "w:gz") as tar:
        tar.add(folder, "data")
    with pytest.raises(BadImport, match="解压"):
        QlibFolder.open(packed)


def test_what_is_no_qlib_folder_says_what_is_missing(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(BadImport, match="不存在"):
        QlibFolder.open(tmp_path / "nowhere")
    with pytest.raises(BadImport) as caught:
        QlibFolder.open(tmp_path)
    assert caught.value.nearest == str(folder)
    (folder / "calendars" / "day.txt").unlink()
    (folder / "calendars").rmdir()
    assert not is_qlib_folder(folder)
    with pytest.raises(BadImport, match="calendars/"):
        QlibFolder.open(folder)
    with pytest.raises(BadRequest, match="missing"):
        QlibFolder.open(folder, missing="zero")  # type: ignore[arg-type]


@pytest.mark.parametrize("row", [1, 3])
def test_a_wrong_start_row_shows_by_the_other_fields(folder: Path, row: int) -> None:
    raw(folder / "features" / "sz000001" / "close.day.bin", row, 5, 6, np.nan, 8)
    with pytest.raises(NoData) as caught:
        read(folder, "close")
    text = str(caught.value)
    assert all(
        w in text for w in ("features/sz000001", f"close.day.bin 有第 {row}–{row + 3} 行", "open.day.bin 有第 2–5 行")
    )
    with pytest.raises(BadImport, match=r"all\.txt"):
        read(folder, "close", missing="nan")
    opened = QlibFolder.open(folder, missing="nan", spans="keep")
    found = opened.panels(("SH600000", "SZ000001"), ("close",))
    assert found.first.tolist() == [0, row]
    assert any("different rows" in notice for notice in found.notices)


@pytest.mark.parametrize("row", [1, 3])
def test_a_wrong_start_row_of_every_field_shows_by_the_list(folder: Path, row: int) -> None:
    for name in ("open", "close"):
        raw(folder / "features" / "sz000001" / f"{name}.day.bin", row, 5, 6, np.nan, 8)
    words = (
        "features/sz000001/close.day.bin",
        "instruments/all.txt 第 2 行",
        DAYS[row],
        DAYS[row + 3],
        DAYS[2],
        DAYS[5],
    )
    refuse(folder, *words, "spans='keep'")
    found = QlibFolder.open(folder, spans="keep").panels(("SZ000001",), ("close",))
    assert (found.first[0], found.last[0]) == (row, row + 3)


def test_bars_that_end_elsewhere_than_listed_are_refused(folder: Path) -> None:
    for name in ("open", "close"):
        raw(folder / "features" / "sz000001" / f"{name}.day.bin", 2, 5, 6, 7)
    refuse(folder, "features/sz000001/close.day.bin", DAYS[4], DAYS[5])


def test_a_session_before_all_others_shifts_nothing_unseen(folder: Path) -> None:
    path = folder / "calendars" / "day.txt"
    path.write_text("2023-12-29\n" + path.read_text())
    refuse(folder, CLOSE, "2023-12-29", "instruments/all.txt 第 1 行", DAYS[0])


def test_a_list_that_ends_after_the_calendar_leaves_the_end_open(folder: Path) -> None:
    path = folder / "instruments" / "all.txt"
    path.write_text(f"SH600000\t{DAYS[0]}\t2099-12-31\nSZ000001\t{DAYS[2]}\t2099-12-31\n")
    read(folder)
    path.write_text(f"SH600000\t{DAYS[0]}\t{DAYS[3]}\nSZ000001\t{DAYS[2]}\t{DAYS[5]}\nSH600000\t{DAYS[5]}\t{DAYS[7]}\n")
    read(folder)
    path.unlink()
    read(folder)


@pytest.mark.parametrize(
    ("at", "day", "words"),
    [
        (4, "2024-01-06", ("第 5 行 2024-01-06", "周末")),
        (0, "2024-01-01", ("第 1 行 2024-01-01",)),
        (8, "2024-02-12", ("第 9 行 2024-02-12",)),
        (0, "2001-03-03", ("第 1 行 2001-03-03", "周末")),
    ],
)
def test_a_line_of_a_day_without_trade_is_named(folder: Path, at: int, day: str, words: tuple[str, ...]) -> None:
    lines = [*DAYS[:at], day, *DAYS[at:]]
    (folder / "calendars" / "day.txt").write_text("".join(f"{line}\n" for line in lines))
    refuse(folder, "calendars/day.txt", *words, "不是交易日", "gaps='keep'")
    assert QlibFolder.open(folder, gaps="keep").sessions().size == 9


def test_what_is_no_file_is_not_opened_as_one(folder: Path) -> None:
    (folder / CLOSE).unlink()
    os.mkfifo(folder / CLOSE)
    for field in ("close", "open"):
        with pytest.raises(BadImport, match=r"close\.day\.bin 不是普通文件"):
            read(folder, field)
    (folder / CLOSE).unlink()
    (folder / CLOSE).mkdir()
    refuse(folder, CLOSE, "文件夹")
    (folder / "instruments" / "all.txt").unlink()
    os.mkfifo(folder / "instruments" / "all.txt")
    with pytest.raises(BadImport, match=r"instruments/all\.txt"):
        QlibFolder.open(folder).membership("all")


def test_a_folder_of_a_stock_in_upper_case_is_named(folder: Path) -> None:
    (folder / "features" / "sz000001").rename(folder / "features" / "SZ000001")
    refuse(folder, "features/SZ000001", "小写", "features/sz000001")
    with pytest.raises(BadImport, match="小写"):
        QlibFolder.open(folder).known_fields(("SZ000001",))


@pytest.mark.parametrize("part", ["calendars", "instruments", "features", "features/sh600000", ""])
def test_what_may_not_be_read_is_named(folder: Path, part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = str(folder / part)

    def guard(what: str) -> None:
        real = getattr(os, what)

        def refusing(path: object, *more: object, **how: object) -> object:
            if str(path) == closed or (what == "stat" and os.path.dirname(str(path)) == closed):  # noqa: PTH120
                raise PermissionError(13, "Permission denied")
            return real(path, *more, **how)

        monkeypatch.setattr(os, what, refusing)

    for what in ("listdir", "scandir", *(() if part else ("stat",))):
        guard(what)

    def ask() -> None:
        opened = QlibFolder.open(folder)
        opened.membership("all")
        opened.known_fields(("SH600000",))

    with pytest.raises(BadImport, match="无法读取") as caught:
        ask()
    assert part in str(caught.value)
    assert "Permission denied" in str(caught.value)


@pytest.mark.realdata
def test_the_sample_of_real_data_opens(real_data: Path, tmp_path: Path) -> None:
    with tarfile.open(real_data / "qlib_bin_sample.tar.gz") as tar:
        tar.extractall(tmp_path, filter="data")
    opened = QlibFolder.open(tmp_path / "qlib_bin_sample")
    codes = tuple(sorted(opened.membership("all").spans))
    assert len(codes) == 53
    assert opened.universes == ("all", "csi300", "csi500")
    assert opened.sessions()[[0, -1]].astype(str).tolist() == ["2018-01-02", "2025-06-30"]
    found = opened.panels(codes, ("close", "factor", "volume"))
    assert (found.last >= found.first).all()
    price = found.fields["close"].astype(float) / found.fields["factor"]
    row = int(np.searchsorted(found.days, np.datetime64("2021-02-10")))
    assert price[row, codes.index("SH600519")] == pytest.approx(2601.0, rel=1e-6)
    assert price[row, codes.index("SH000300")] == pytest.approx(5807.72, rel=1e-6)
    assert price[:, codes.index("SZ300750")][~np.isnan(price[:, codes.index("SZ300750")])][0] == pytest.approx(36.2)
    assert opened.membership("csi500").spans["SZ002064"][0][0] == 0
    assert len(opened.membership("csi500").spans["SZ002064"]) == 2
