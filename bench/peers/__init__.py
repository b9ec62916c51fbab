"""The peers of the benchmarks, each run in an environment of its own (`scripts/qlib_env.sh`) as a child process.

Scripts of this folder that a peer's environment runs (`qlib_runner.py`, `kunquant_runner.py`, `polars_ta_runner.py`) import
nothing of ours; they read one JSON job and write `.npy` files and one JSON answer.
"""
