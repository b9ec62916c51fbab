"""The worker: claims jobs, supervises one child each, heartbeats, stops what was cancelled or takes too long."""

from __future__ import annotations

import logging
import os
import selectors
import signal
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quantgpt.foundations.errors import DiskFull, QuantError, Unavailable
from quantgpt.foundations.hashing import canonical_json
from quantgpt.records import Failure, Job
from quantgpt.services._base import OPERATIONS, App, fairness
from quantgpt.services.jobs.child import INTERNAL, refusal_of
from quantgpt.services.jobs.frames import FrameReader
from quantgpt.services.jobs.lifeline import host_id, is_dead, kill_group, worker_name
from quantgpt.services.jobs.nursery import Nursery
from quantgpt.services.jobs.scribe import store
from quantgpt.services.jobs.vitals import cause_of_death, resident_mb
from quantgpt.services.reports import purge_reports

log = logging.getLogger(__name__)

TICK_SECONDS = 0.1
IDLE_TICK_SECONDS = 0.25
IDLE_AFTER_SECONDS = 60.0
CHECK_SECONDS = 0.5
GRACE_SECONDS = 5.0
STOP_SECONDS = 2.0
TIDY_SECONDS = 3600.0

TIMED_OUT = Failure(error="任务超时", error_facts='{"kind":"unavailable","code":"timeout"}')
UNSTORABLE = Failure(error=INTERNAL, error_facts='{"kind":"internal","code":"unstorable"}')
UNPREPARED = Failure(error=INTERNAL, error_facts='{"kind":"internal","code":"unprepared"}')
WORKER_LOST = "工作进程中断"


def too_big(limit_mb: int) -> Failure:
    """The failure of a job that used too much memory."""
    facts = {
        "kind": "unavailable",
        "code": "memory",
        "en": f"the job needed more memory than the {limit_mb} MB that it may have, and was stopped",
    }
    return Failure(error=f"任务内存超过上限 {limit_mb} MB，已终止", error_facts=canonical_json(facts))


@dataclass
class Child:
    """One running attempt."""

    job: Job
    frames: FrameReader
    started: float
    pid: int | None = None
    verdict: dict[str, Any] | None = None
    exit_code: int | None = None
    termed: float | None = None
    killed: bool = False
    given_up: bool = False
    """nothing of this attempt may be booked any more"""
    unwritten: deque[Mapping[str, Any]] = field(default_factory=deque)
    """what the database has not taken yet, oldest first"""


@dataclass
class Worker:
    """One worker process. `plugins` are modules with operations that the children need beside ours."""

    app: App
    nursery: Nursery
    slots: int
    id: str = field(default_factory=lambda: worker_name(os.getpid()))
    stopping: bool = False
    children: dict[tuple[str, int], Child] = field(default_factory=dict)
    _beat_at: float = 0.0
    _check_at: float = 0.0
    _tidy_at: float = 0.0
    _claimed_at: float = field(default_factory=time.monotonic)
    _selector: selectors.BaseSelector = field(default_factory=selectors.DefaultSelector)

    # -- life ----------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; then put unfinished jobs back and leave, within five seconds."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._on_signal)
        try:
            self.open()
        except Unavailable:
            if self.stopping:
                return
            raise
        try:
            while not self.stopping:
                self.patiently()
        finally:
            self.close()

    def _is_wanted(self) -> bool:
        return not self.stopping

    def _on_signal(self, *_: object) -> None:
        self.stopping = True

    def open(self) -> None:
        """Start the fork server, announce the worker, take over what dead workers left."""
        self.nursery.start(self._is_wanted)
        self._watch_control()
        self._announce()
        self._recover()
        if {row.id for row in self.app.records.workers.all()} == {self.id}:
            self.app.artifacts.sweep()
        log.info("worker %s ready: %d slots", self.id, self.slots)

    def close(self) -> None:
        """Stop the children, queue their jobs again, leave."""
        for child in self.children.values():
            self._stop_child(child)
        deadline = time.monotonic() + STOP_SECONDS
        while self.children and time.monotonic() < deadline:
            self._listen(0.05)
            self._bury(restarting=True)
        self.nursery.stop()
        for child in list(self.children.values()):
            child.exit_code = -signal.SIGKILL
        try:
            self._bury(restarting=True)
            self.app.records.workers.leave(self.id)
        except QuantError as error:
            log.warning("could not say goodbye: %s", error)
        log.info("worker %s left", self.id)

    def patiently(self) -> None:
        """One tick; a database that is away only makes it wait."""
        try:
            idle = time.monotonic() - self._claimed_at > IDLE_AFTER_SECONDS
            self.tick(IDLE_TICK_SECONDS if idle and not self.children else TICK_SECONDS)
        except (Unavailable, DiskFull) as error:
            log.warning("waiting for the database: %s", error)
            time.sleep(0.5)

    def tick(self, wait: float = TICK_SECONDS) -> None:
        """Listen, supervise, book, claim."""
        self._listen(wait)
        now = time.monotonic()
        if now >= self._beat_at:
            self._beat_at = now + self.app.settings.lease_seconds / 5
            self._beat()
        self._supervise(now)
        self._bury()
        self._claim()

    # -- liveness ------------------------------------------------------------------------------------------------

    def _announce(self) -> None:
        self.app.records.workers.enter(self.id, host=host_id(), pid=os.getpid(), slots=self.slots)

    def _beat(self) -> None:
        self._tidy()
        if self.children:
            self.app.records.attempts.renew(self.id, self.app.settings.lease_seconds)
        if not self.app.records.workers.seen(self.id):
            self._announce()
        self._recover()

    def _tidy(self) -> None:
        """Once an hour forget what only the last minutes needed."""
        now = time.monotonic()
        if now >= self._tidy_at:
            self._tidy_at = now + TIDY_SECONDS
            self.app.records.calls.forget_old()
            for _, how in OPERATIONS.items():
                if how.tidy is not None:
                    how.tidy(self.app)

    def _recover(self) -> None:
        """Take back the jobs of workers that are dead or silent."""
        records = self.app.records
        dead = [worker for worker in records.attempts.workers_of_running() if is_dead(worker)]
        lost = records.attempts.lose_of_workers(dead, WORKER_LOST) if dead else 0
        lost += records.attempts.lose_expired(WORKER_LOST)
        if lost:
            log.warning("took back %d jobs of lost workers", lost)
        for row in records.workers.all():
            if is_dead(row.id):
                records.workers.leave(row.id)

    # -- children ------------------------------------------------------------------------------------------------

    def _claim(self) -> None:
        attempts, fair = self.app.records.attempts, fairness(self.app.settings)
        while len(self.children) < self.slots and not self.stopping and attempts.has_queued(fair):
            job = attempts.claim(self.id, self.app.settings.lease_seconds, fair)
            if job is None:
                return
            self._claimed_at = time.monotonic()
            self._start_child(job)

    def _start_child(self, job: Job) -> None:
        order = {
            "id": job.id,
            "attempt": job.attempt,
            "operation": job.operation,
            "owner_id": job.owner_id,
            "created_at": job.created_at,
            "ask": job.ask,
            "facts": job.facts,
        }
        try:
            order |= self._briefed(job)
        except (Unavailable, DiskFull):
            self.app.records.attempts.give_back(job.id, job.attempt, "")
            raise
        except QuantError as error:
            log.info("job %s: %s", job.id, error)
            self.app.records.attempts.fail(job.id, job.attempt, refusal_of(error, OPERATIONS[job.operation]))
            return
        except Exception:
            log.exception("job %s: nothing to begin with", job.id)
            self.app.records.attempts.fail(job.id, job.attempt, UNPREPARED)
            return
        try:
            descriptor = self.nursery.order(order)
        except OSError as error:
            log.warning("the fork server does not answer (%s); starting it again", error)
            self.app.records.attempts.give_back(job.id, job.attempt, "")
            self._restart_nursery()
            return
        child = Child(job=job, frames=FrameReader(descriptor), started=time.monotonic())
        self.children[(job.id, job.attempt)] = child
        self._selector.register(descriptor, selectors.EVENT_READ, child)
        log.info("job %s: attempt %d of %s", job.id, job.attempt, job.operation)

    def _briefed(self, job: Job) -> dict[str, Any]:
        """What the child needs of the database and of our secrets."""
        how = OPERATIONS[job.operation]
        brief = how.brief(self.app, how.read_ask(job.ask), job.owner_id) if how.brief else None
        hidden = {name: getattr(self.app.settings, name) for name in how.secrets}
        return {
            "briefing": brief,
            "secrets": {name: value.get_secret_value() for name, value in hidden.items() if value is not None},
        }

    def _listen(self, wait: float) -> None:
        for key, _ in self._selector.select(wait):
            if isinstance(key.data, Child):
                self._hear(key.data)
            else:
                self._hear_nursery()

    def _hear(self, child: Child) -> None:
        try:
            frames = child.frames.drain()
        except (OSError, ValueError) as error:
            log.warning("job %s: unreadable message: %s", child.job.id, error)
            self._stop_child(child)
            return
        for frame in frames:
            if frame["type"] not in ("step", "note"):
                child.verdict = frame
            else:
                child.unwritten.append(frame)
        self._write(child)
        if child.frames.closed:
            self._deaf(child)

    def _write(self, child: Child) -> bool:
        """Store what a child reported, in order; False when some of it has to wait for the database."""
        while child.unwritten and not child.given_up:
            fate = store(self.app, child.job, child.unwritten[0])
            if fate == "waiting":
                return False
            child.unwritten.popleft()
            if fate == "stale":
                self._give_up(child)
            elif fate == "unstorable":
                self._end(child, UNSTORABLE)
        return True

    def _deaf(self, child: Child) -> None:
        """Listen to that child no more."""
        if child.frames.descriptor in self._selector.get_map():
            self._selector.unregister(child.frames.descriptor)

    def _hear_nursery(self) -> None:
        messages, alive = self.nursery.messages()
        for message in messages:
            if message["type"] == "started":
                self._started(message)
            elif message["type"] == "exited":
                self._exited(message["pid"], message["code"])
        if not alive:
            log.warning("the fork server is gone; starting it again")
            for child in self.children.values():
                if child.exit_code is None:
                    child.exit_code = -signal.SIGKILL
                    self._hear(child)
            self._restart_nursery()

    def _started(self, message: Mapping[str, Any]) -> None:
        child = self.children.get((message["id"], message["attempt"]))
        if child is None:
            kill_group(message["pid"], signal.SIGKILL)
            return
        child.pid = message["pid"]
        if child.given_up:
            self._stop_child(child)

    def _exited(self, pid: int, code: int) -> None:
        for child in self.children.values():
            if child.pid == pid:
                child.exit_code = code  # first: whatever becomes of its last words, it is gone
                self._hear(child)

    def _restart_nursery(self) -> None:
        control = self.nursery.control
        if control is not None:
            self._selector.unregister(control)
        self.nursery.stop()
        try:
            self.nursery.start(self._is_wanted)
        except Unavailable:
            self.stopping = True
            raise
        self._watch_control()

    def _watch_control(self) -> None:
        assert self.nursery.control is not None
        self._selector.register(self.nursery.control, selectors.EVENT_READ, None)

    # -- supervision ---------------------------------------------------------------------------------------------

    def _supervise(self, now: float) -> None:
        running = [child for child in self.children.values() if child.exit_code is None]
        if not running:
            return
        held = self.app.records.attempts.held(self.id)
        for child in running:
            if (child.job.id, child.job.attempt) not in held:
                self._give_up(child)
            elif child.verdict is None and now - child.started > self.app.settings.task_timeout:
                self._end(child, TIMED_OUT)
        if now >= self._check_at:
            self._check_at = now + CHECK_SECONDS
            self._check_memory(running)
        for child in running:
            if child.termed is not None and not child.killed and now - child.termed > GRACE_SECONDS and child.pid:
                child.killed = True
                kill_group(child.pid, signal.SIGKILL)

    def _check_memory(self, running: Sequence[Child]) -> None:
        limit = self.app.settings.job_memory_mb
        for child in running:
            if child.pid and not child.given_up and resident_mb(child.pid) > limit:
                self._end(child, too_big(limit))

    def _end(self, child: Child, failure: Failure) -> None:
        self.app.records.attempts.fail(child.job.id, child.job.attempt, failure)
        self._give_up(child)

    def _give_up(self, child: Child) -> None:
        if not child.given_up:
            log.info("stopping attempt %d of job %s", child.job.attempt, child.job.id)
        child.given_up = True
        self._stop_child(child)

    def _stop_child(self, child: Child) -> None:
        if child.termed is None and child.pid is not None:
            child.termed = time.monotonic()
            kill_group(child.pid, signal.SIGTERM)

    # -- ends ----------------------------------------------------------------------------------------------------

    def _bury(self, *, restarting: bool = False) -> None:
        """Book every child that ended; one that cannot be booked now is tried again in the next tick."""
        for key, child in list(self.children.items()):
            if child.exit_code is None:
                continue
            if not child.given_up:
                self._book_or_fail(child, restarting)
            if child.given_up or child.verdict is None or child.verdict["type"] == "failed":
                self._forget_files(child.job.id)
            del self.children[key]
            self._deaf(child)
            os.close(child.frames.descriptor)

    def _book_or_fail(self, child: Child, restarting: bool) -> None:
        """Book; an outcome that the database does not take ends the job instead of the worker."""
        try:
            self._book(child, restarting)
        except QuantError:
            raise
        except Exception:
            log.exception("job %s: its outcome could not be stored", child.job.id)
            self.app.records.attempts.fail(child.job.id, child.job.attempt, UNSTORABLE)

    def _book(self, child: Child, restarting: bool) -> None:
        job, verdict = child.job, child.verdict
        attempts = self.app.records.attempts
        if not self._write(child):
            raise Unavailable("数据库暂不可用，请稍后再试")
        if child.given_up:
            return
        ended = verdict["type"] if verdict else cause_of_death(child.exit_code or 0)
        log.info("job %s: %s after %.2f s", job.id, ended, time.monotonic() - child.started)
        if verdict is None and restarting:
            attempts.give_back(job.id, job.attempt, "服务重启，任务重新排队")
        elif verdict is None:
            attempts.lose(job.id, job.attempt, cause_of_death(child.exit_code or 0))
        elif verdict["type"] == "failed":
            attempts.fail(job.id, job.attempt, Failure(error=verdict["error"], error_facts=verdict["facts"]))
        else:
            done = attempts.succeed(
                job.id,
                job.attempt,
                stage=OPERATIONS[job.operation].last_stage,
                outcome=verdict["outcome"],
                outcome_hash=verdict["hash"],
                facts=verdict["facts"],
                reports=verdict["reports"],
            )
            if not done:
                child.given_up = True
            elif verdict["reports"]:
                purge_reports(self.app, job.owner_id)

    def _forget_files(self, job_id: str) -> None:
        """Remove what a job wrote that ended without a result, or is gone. One that another attempt works on is left."""
        job = self.app.records.jobs.get(job_id)
        if job is None or job.state == "failed":
            self.app.artifacts.forget_task(job_id)
