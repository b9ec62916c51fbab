"""The report in a real browser: nothing is asked of the network, nothing overlaps, every width and theme is whole."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import signal
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import websockets
from tests.reports.sample import sample

from quantgpt.foundations.series import Series
from quantgpt.reports import fonts
from quantgpt.reports.factor_report import render_factor_report

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine"),
]

FAULTS = """JSON.stringify((() => {
  const faults = [];
  if (document.documentElement.scrollWidth > innerWidth) faults.push('the page scrolls sideways');
  for (const e of document.querySelectorAll('.card, .test, .tile, .head, .plot'))
    if (e.scrollWidth > e.clientWidth + 2) faults.push('too narrow: ' + e.className + ' ' + e.textContent.slice(0, 30));
  for (const chart of document.querySelectorAll('.plot svg[role=img]')) {
    const card = chart.closest('.card, .test').getBoundingClientRect();
    const texts = [...chart.querySelectorAll('text')].map(t => [t.textContent, t.getBoundingClientRect()]);
    texts.forEach(([words, a], i) => {
      if (a.left < card.left - 1 || a.right > card.right + 1) faults.push('outside its card: ' + words);
      for (const [other, b] of texts.slice(i + 1))
        if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
            Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4) faults.push(words + ' on ' + other);
    });
  }
  return faults;
})())"""


class Page:
    """One tab, driven over the browser's debugging socket."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.events: list[dict[str, Any]] = []
        self.sent = 0

    async def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Send one command and wait for its answer; what happens in between is kept in `events`."""
        self.sent += 1
        await self.socket.send(json.dumps({"id": self.sent, "method": method, "params": params}))
        while True:
            answer = json.loads(await self.socket.recv())
            if answer.get("id") == self.sent:
                return dict(answer.get("result", {}))
            self.events.append(answer)

    async def run(self, script: str) -> Any:
        """The value of an expression."""
        return (await self.call("Runtime.evaluate", expression=script, awaitPromise=True))["result"].get("value")

    def happened(self, method: str) -> list[dict[str, Any]]:
        """The events of one kind so far."""
        return [event["params"] for event in self.events if event.get("method") == method]


@asynccontextmanager
async def opened(path: Path, width: int, *, dark: bool = False) -> AsyncIterator[Page]:
    """The file in a fresh browser of that width."""
    profile = path.parent / "profile"
    command = [str(CHROMIUM), "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0"]
    process = subprocess.Popen(
        [*command, f"--user-data-dir={profile}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        port_file = profile / "DevToolsActivePort"
        for _ in range(300):
            if port_file.exists() and len(port_file.read_text().splitlines()) == 2:
                break
            await asyncio.sleep(0.1)
        port = port_file.read_text().splitlines()[0]
        async with websockets.connect(f"ws://127.0.0.1:{port}{await _page(port)}", max_size=None) as socket:
            page = Page(socket)
            for domain in ("Network", "Page", "Log", "Runtime"):
                await page.call(f"{domain}.enable")
            size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
            await page.call("Emulation.setDeviceMetricsOverride", **size)
            theme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
            await page.call("Emulation.setEmulatedMedia", features=[theme])
            await page.call("Page.navigate", url=path.as_uri())
            await page.run("new Promise(done => setTimeout(() => document.fonts.ready.then(() => done(1)), 300))")
            yield page
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


async def _page(port: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", int(port))
    writer.write(f"GET /json HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode())
    await writer.drain()
    head, body = (await reader.readuntil(b"\r\n\r\n")).decode().lower(), b""
    length = int(head.split("content-length:")[1].split()[0])
    body = await reader.readexactly(length)
    writer.close()
    tabs = json.loads(body)
    return str(next(tab for tab in tabs if tab["type"] == "page")["webSocketDebuggerUrl"]).split(port, 1)[1]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """A whole report as a file."""
    path = tmp_path / "report.html"
    path.write_bytes(render_factor_report(*sample(), "短期反转 × 缩量"))
    return path


async def test_opening_a_report_asks_the_network_for_nothing(saved: Path) -> None:
    async with opened(saved, 1280) as page:
        asked = [event["request"]["url"] for event in page.happened("Network.requestWillBeSent")]
        complaints = [event["entry"]["text"] for event in page.happened("Log.entryAdded")]
    assert [url for url in asked if not url.startswith("data:font/")] == [saved.as_uri()]
    assert not complaints


@pytest.mark.parametrize(("width", "dark"), [(1920, False), (1280, True), (820, False), (390, False), (320, False)])
async def test_nothing_overlaps_at_any_width(saved: Path, width: int, dark: bool) -> None:
    async with opened(saved, width, dark=dark) as page:
        assert json.loads(await page.run(FAULTS)) == []


@pytest.mark.skipif(not fonts.report_font_available(), reason="the report font is not built")
async def test_the_embedded_font_is_accepted(saved: Path) -> None:
    async with opened(saved, 1280) as page:
        assert await page.run("[...document.fonts].map(f => f.status).join()") == "loaded"


async def test_hostile_text_never_runs(tmp_path: Path) -> None:
    attack = (
        "<script>window.hit=1</script><img src=x onerror='window.hit=1'>{{7*7}}\" onload=\"window.hit=1" + "x" * 10_000
    )
    result, series = sample(sessions=150, names=36)
    result["params"] |= {"expression": attack, "market": attack, "universe": attack}
    result["verdict"] = {"zh": attack, "en": attack}
    old = series["by_industry"]
    series["by_industry"] = Series(
        name="by_industry", index_name="name", index=[attack] * len(old.index), columns=old.columns, meta=old.meta
    )
    path = tmp_path / "hostile.html"
    path.write_bytes(render_factor_report(result, series, attack))
    async with opened(path, 1280) as page:
        assert await page.run("window.hit") is None
        assert await page.run("document.scripts.length + document.images.length") == 0
        assert await page.run("document.documentElement.scrollWidth <= innerWidth")
        asked = [event["request"]["url"] for event in page.happened("Network.requestWillBeSent")]
    assert [url for url in asked if not url.startswith("data:font/")] == [path.as_uri()]


async def test_a_report_prints_on_a4(saved: Path) -> None:
    async with opened(saved, 1280, dark=True) as page:
        pdf = base64.b64decode(
            (await page.call("Page.printToPDF", preferCSSPageSize=True, printBackground=True))["data"]
        )
    assert pdf.startswith(b"%PDF")
    assert b"/MediaBox [0 0 594" in pdf or b"/MediaBox [0 0 595" in pdf
