"""The peers of the benchmarks, each run in an environment of its own (`scripts/*_env.sh`) as a child process.

Scripts of this folder that a peer's environment runs (`*_runner.py`) import nothing of ours; they read one JSON job and
write `.npy` files and one JSON answer.
"""
