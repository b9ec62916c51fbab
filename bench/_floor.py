"""The least time that memory allows: every input byte read once, every output byte written once past the caches.

The loop is written as LLVM assembly and compiled by the llvmlite that comes with numba: 64 bytes a store, marked
non-temporal, so that a line is not first read to be overwritten.
"""

from __future__ import annotations

import ctypes
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

ASSEMBLY = """
define void @fill(ptr %out, i64 %lines, float %value) {
entry:
  %one = insertelement <16 x float> poison, float %value, i64 0
  %all = shufflevector <16 x float> %one, <16 x float> poison, <16 x i32> zeroinitializer
  %none = icmp eq i64 %lines, 0
  br i1 %none, label %done, label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %at = getelementptr inbounds <16 x float>, ptr %out, i64 %i
  store <16 x float> %all, ptr %at, align 64, !nontemporal !0
  %next = add nuw i64 %i, 1
  %more = icmp ult i64 %next, %lines
  br i1 %more, label %loop, label %done
done:
  fence seq_cst
  ret void
}

define float @read(ptr %in, i64 %lines) {
entry:
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %next, %loop ]
  %a = phi <16 x float> [ zeroinitializer, %entry ], [ %a1, %loop ]
  %b = phi <16 x float> [ zeroinitializer, %entry ], [ %b1, %loop ]
  %pa = getelementptr inbounds <16 x float>, ptr %in, i64 %i
  %j = add nuw i64 %i, 1
  %pb = getelementptr inbounds <16 x float>, ptr %in, i64 %j
  %va = load <16 x float>, ptr %pa, align 4
  %vb = load <16 x float>, ptr %pb, align 4
  %a1 = fadd <16 x float> %a, %va
  %b1 = fadd <16 x float> %b, %vb
  %next = add nuw i64 %i, 2
  %more = icmp ult i64 %next, %lines
  br i1 %more, label %loop, label %done
done:
  %sum = fadd <16 x float> %a1, %b1
  %value = extractelement <16 x float> %sum, i64 0
  ret float %value
}

!0 = !{i32 1}
"""
LINE = 64


@lru_cache(maxsize=1)
def _code() -> tuple[Any, Any, Any]:
    """The two functions, callable without the interpreter lock, and the engine that holds them."""
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=3
    )
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(ASSEMBLY), machine)
    engine.finalize_object()
    fill = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64, ctypes.c_float)(engine.get_function_address("fill"))
    read = ctypes.CFUNCTYPE(ctypes.c_float, ctypes.c_void_p, ctypes.c_int64)(engine.get_function_address("read"))
    return fill, read, engine


def floor(out: NDArray[np.float32], inputs: list[NDArray[np.float32]], threads: int, rounds: int = 7) -> float:
    """Median seconds of reading `inputs` once and filling `out` once, in that many threads, the memory touched before.

    `out` is contiguous and starts at a multiple of 64 bytes; whole lines of 64 bytes are written.
    """
    fill, read, _ = _code()
    flat = out.reshape(-1)
    lines = flat.nbytes // LINE
    if flat.ctypes.data % LINE or not flat.flags.c_contiguous:
        raise ValueError("the buffer is not contiguous from a multiple of 64 bytes")
    edges = [lines * i // threads for i in range(threads + 1)]
    parts = [np.ascontiguousarray(panel).reshape(-1) for panel in inputs]

    def work(i: int) -> None:
        for part in parts:
            held = part.nbytes // LINE
            a, b = held * i // threads, held * (i + 1) // threads
            if b - a >= 2:
                read(part.ctypes.data + a * LINE, (b - a) // 2 * 2)
        fill(flat.ctypes.data + edges[i] * LINE, edges[i + 1] - edges[i], 1.0)

    seconds = []
    with ThreadPoolExecutor(threads) as pool:
        for turn in range(rounds + 1):
            began = time.perf_counter()
            list(pool.map(work, range(threads)))
            if turn:
                seconds.append(time.perf_counter() - began)
    return statistics.median(seconds)
