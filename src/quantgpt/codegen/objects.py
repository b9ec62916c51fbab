"""LLVM assembly → machine code of this host, kept on disk; no compiler but the one that comes with numba is needed."""

from __future__ import annotations

import ctypes
import hashlib
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from quantgpt.foundations.errors import BadRequest, Broken, DiskFull
from quantgpt.foundations.files import write_whole
from quantgpt.foundations.settings import load_settings

VERSION = 2
MOST_KEPT = 1000
"""compiled plans on disk; the oldest go first"""
_LOCK = threading.RLock()


@dataclass(frozen=True)
class Host:
    """The machine that code is made for: its name and features in LLVM's words."""

    cpu: str
    features: str

    @classmethod
    def here(cls) -> Host:
        """This machine."""
        return _here()

    @classmethod
    def plain(cls) -> Host:
        """The least that any 64-bit machine of this kind has; correct and slower."""
        return cls("", "")

    @classmethod
    def avx2(cls) -> Host:
        """A machine with 256-bit registers only."""
        return cls("x86-64-v3", "-avx512f")


@lru_cache(maxsize=1)
def _here() -> Host:
    llvm = _llvm()
    return Host(llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten())


@lru_cache(maxsize=1)
def _llvm() -> Any:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm


class Code:
    """Machine code in memory; `function` may be called from any thread and releases the interpreter lock."""

    def __init__(self, machine: bytes, host: Host) -> None:
        llvm = _llvm()
        with _LOCK:
            target = llvm.Target.from_default_triple()
            tm = target.create_target_machine(cpu=host.cpu, features=host.features, opt=2, jit=True)
            module = llvm.parse_assembly("")
            self._engine = llvm.create_mcjit_compiler(module, tm)
            self._engine.add_object_file(llvm.ObjectFileRef.from_data(machine))
            self._engine.finalize_object()
            address = self._engine.get_function_address("strip")
        if not address:
            raise Broken("compiled code has no entry")
        self.size = len(machine)
        self.function: Callable[[int], None] = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(address)


def machine_code(text: str, host: Host) -> bytes:
    """The object file of an assembly, which is written so that LLVM's optimising passes find nothing to do.

    Raises: Broken when the assembly is not valid, which is a defect of ours.
    """
    llvm = _llvm()
    with _LOCK:
        try:
            module = llvm.parse_assembly(text)
            module.verify()
        except RuntimeError as error:
            raise Broken(f"generated code is not valid: {error}") from error
        target = llvm.Target.from_default_triple()
        tm = target.create_target_machine(cpu=host.cpu, features=host.features, opt=2, jit=True)
        machine: bytes = tm.emit_object(module)
        return machine


def compiled(text: str, host: Host, folder: Path | None) -> Code:
    """The code of an assembly: from `folder` where it was made before, else made now and put there."""
    import llvmlite

    words = (VERSION, text, host.cpu, host.features, llvmlite.__version__)
    name = hashlib.sha256(repr(words).encode()).hexdigest()[:40]
    path = folder / f"{name}.o" if folder else None
    if path is not None:
        kept = _read(path)
        if kept is not None:
            return Code(kept, host)
    machine = machine_code(text, host)
    if path is not None:
        _keep(path, machine)
    return Code(machine, host)


def _read(path: Path) -> bytes | None:
    """The object file if it is there, whole and under its own name: it begins with the checksum of name and body."""
    try:
        body = path.read_bytes()
    except OSError:
        return None
    machine = body[32:]
    return machine if machine and _checksum(path, machine) == body[:32] else None


def _checksum(path: Path, machine: bytes) -> bytes:
    return hashlib.sha256(path.name.encode() + machine).digest()


def _keep(path: Path, machine: bytes) -> None:
    """Put an object file away; without room, or where nothing may be written, it is made again next time."""
    with suppress(OSError, DiskFull):
        write_whole(path, lambda handle: handle.write(_checksum(path, machine) + machine), mode=0o600)
        kept = sorted(path.parent.glob("*.o"), key=lambda old: old.stat().st_mtime)
        for old in kept[:-MOST_KEPT]:
            old.unlink(missing_ok=True)


@lru_cache(maxsize=1)
def default_folder() -> Path | None:
    """Where compiled plans are kept: in the home of this installation, or nowhere if its settings cannot be read."""
    try:
        return load_settings().home.expanduser() / "cache" / "plans"
    except BadRequest:
        return None
