"""The decorator of compiled kernels; imported only by modules of kernels, because importing numba is slow."""

import numba

kernel = numba.njit(cache=True, nogil=True, error_model="numpy")
parallel_kernel = numba.njit(cache=True, nogil=True, error_model="numpy", parallel=True)
lanes = numba.prange
