"""A server with a tool and an operation that print to standard output in every way there is."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from quantgpt.records import Job
from quantgpt.services._base import App, operation

NOISE = '{"jsonrpc":"2.0","id":1,"result":"login success!"}'


@dataclass(frozen=True, kw_only=True)
class MakeNoise:
    """Ask for noise."""

    times: int = 3


def make_noise(times: int) -> None:
    """Print as careless libraries and programs do."""
    for _ in range(times):
        print(NOISE, flush=True)  # noqa: T201
        os.write(1, NOISE.encode() + b"\n")
        subprocess.run(["/bin/sh", "-c", f"echo '{NOISE}'; cat"], check=True)


@operation("test.noise", ask=MakeNoise, run="job")
def noise(app: App, ask: MakeNoise, progress: Any) -> dict[str, Any]:
    """Print where a data source would."""
    progress("fetching_data", 0.5)
    make_noise(ask.times)
    return {"times": ask.times}


def main() -> None:
    """The stdio server with the noisy tool, and a worker with the noisy operation."""
    from quantgpt.__main__ import main as serve
    from quantgpt.faces.mcp import own_worker

    own_worker.ENTRY = "from tests.mcp.noisy import worker; worker()"
    from quantgpt.faces.mcp.desk import Call
    from quantgpt.faces.mcp.shapes import JobAnswer
    from quantgpt.faces.mcp.tools._base import tool

    globals().update(Call=Call, JobAnswer=JobAnswer)

    @tool("make_noise", "Noise")
    async def tool_of_noise(ctx: Call, times: int = 1, wait_seconds: float = 45) -> JobAnswer:
        """Print in the server, then in a job."""
        from quantgpt.faces.mcp.answers import job_answer
        from quantgpt.faces.mcp.waiting import accepted

        def submit(app: App, owner: str, admit: Any) -> Job:
            return app.submit(MakeNoise(times=times), owner_id=owner, admit=admit)

        make_noise(times)
        return job_answer(ctx, await accepted(ctx, submit, wait_seconds))

    sys.argv = ["quantgpt"]
    sys.exit(serve())


def worker() -> None:
    """The worker of that server, not warmed up."""
    from quantgpt.faces.mcp.own_worker import main as work

    work(plugins=("tests.mcp.noisy",), warm=False)
