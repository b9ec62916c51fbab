"""What runs in the child of one job: compute, keep the files, tell the worker."""

from __future__ import annotations

import logging
import os
import resource
import signal
import time
from dataclasses import asdict, dataclass, replace
from typing import Any

from pydantic import SecretStr

from quantgpt.foundations.errors import QuantError
from quantgpt.foundations.hashing import canonical_json, hash_value
from quantgpt.foundations.processes import die_with_parent
from quantgpt.foundations.progress import Note
from quantgpt.records import Failure
from quantgpt.services._base import OPERATIONS, App, JobRef, Operation
from quantgpt.services.jobs.frames import send_frame

log = logging.getLogger(__name__)

QUIET_SECONDS = 0.2
INTERNAL = "回测过程中发生内部错误，请稍后重试"


@dataclass
class Reporter:
    """Progress into the pipe: every new stage, and within a stage at most five words a second."""

    descriptor: int
    stage: str = ""
    spoken_at: float = 0.0

    def __call__(self, stage: str, fraction: float, message: str = "") -> None:
        """Report progress."""
        now = time.monotonic()
        if stage == self.stage and now - self.spoken_at < QUIET_SECONDS:
            return
        self.stage, self.spoken_at = stage, now
        fraction = min(max(float(fraction), 0.0), 1.0)
        send_frame(self.descriptor, {"type": "step", "stage": stage, "fraction": fraction, "message": message})

    def tell(self, note: Note) -> None:
        """Have something kept at once."""
        send_frame(self.descriptor, {"type": "note", **asdict(note)})


def become_child(parent: int) -> None:
    """Own process group, dies with its parent, default signals, nothing on stdout, no core file."""
    os.setpgid(0, 0)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with_parent(parent)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.dup2(2, 1)
    os.close(null)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run_order(app: App, order: dict[str, Any], descriptor: int) -> None:
    """Carry out one order and send what became of it."""
    how = OPERATIONS[order["operation"]]
    try:
        message = _carry_out(app, how, order, Reporter(descriptor))
    except QuantError as error:
        log.info("job %s: %s", order["id"], error)
        failure = refusal_of(error, how)
        message = {"type": "failed", "error": failure.error, "facts": failure.error_facts}
    except MemoryError:
        log.exception("job %s ran out of memory", order["id"])
        message = {"type": "failed", "error": "内存不足，任务未完成", "facts": '{"kind":"internal","code":"memory"}'}
    except Exception:
        log.exception("job %s broke", order["id"])
        message = {"type": "failed", "error": INTERNAL, "facts": '{"kind":"internal","code":"broken"}'}
    send_frame(descriptor, message)


def _carry_out(app: App, how: Operation, order: dict[str, Any], progress: Reporter) -> dict[str, Any]:
    job = JobRef(id=order["id"], attempt=order["attempt"], owner_id=order["owner_id"], created_at=order["created_at"])
    ask = how.read_ask(order["ask"])
    if order.get("briefing") is not None:
        ask = replace(ask, briefing=order["briefing"])
    app = _with_secrets(app, order.get("secrets") or {})
    outcome = how.function(app, ask, progress)
    if how.keep is None:
        text = canonical_json(outcome)
        return {"type": "done", "outcome": text, "hash": hash_value(outcome), "facts": None, "reports": []}
    kept = how.keep(app, job, outcome, progress)
    return {
        "type": "done",
        "outcome": canonical_json(kept.result),
        "hash": hash_value(kept.hashed),
        "facts": canonical_json(kept.facts),
        "reports": list(kept.reports),
    }


def _with_secrets(app: App, given: dict[str, str]) -> App:
    """The App with the secrets that the order brought; they are nowhere but in the memory of this child."""
    if not given:
        return app
    hidden = {name: SecretStr(value) for name, value in given.items()}
    return replace(app, settings=app.settings.model_copy(update=hidden))


def refusal_of(error: QuantError, how: Operation) -> Failure:
    """How a job ends that our own error refused."""
    facts = {
        "kind": str(error.kind),
        "code": getattr(error, "code", type(error).__name__),
        "field": error.field,
        "hint": error.hint,
        "suggestions": list(getattr(error, "suggestions", ())),
        "nearest": error.nearest if isinstance(error.nearest, str | int | float | None) else str(error.nearest),
    }
    if error.en:
        facts["en"] = error.en
    sentence = how.explain(error) if how.explain else error.message
    return Failure(error=sentence, error_facts=canonical_json(facts))
