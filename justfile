# Commands for people who change QuantGPT; `./test.sh` installs `just` into .venv/bin.

export PATH := justfile_directory() / ".venv/bin:" + env("PATH")

# list the commands
default:
    @just --list --unsorted

# format, lint, types, import contract and the fast tests: before every commit
check:
    ruff format --check src tests bench
    ruff check src tests bench
    mypy --no-error-summary
    lint-imports --no-logo
    pytest -q -n 2 --dist loadfile -m "not gate and not soak and not slow and not browser and not postgres"

# everything that CI runs
test:
    bash test.sh

# full counts of the noise and fuzz tests
gate:
    pytest -q -m gate

# full counts of the load and fault tests, on both databases
soak:
    pytest -q -n 2 --dist loadfile -m soak

# the performance table; exits non-zero when a target is missed or outputs differ
bench *names:
    python -m bench {{names}}

# the service under load and the search: iterate, sweep, lists, streams, MCP; exits non-zero when a target is missed
bench-service *options:
    python -m bench service search {{options}}

# the web app in Chromium: first load, change of page, panning, heat map; exits non-zero when a target is missed
bench-web *options:
    python -m bench web {{options}}

# pictures of every page in both themes and languages, into web/shots; `just shots --docs`: those of the README
shots *options:
    cd web && npm run --silent shots -- {{options}}

# rewrite code in the project's format
format:
    ruff format src tests bench
    ruff check --fix --quiet src tests bench

# lock the versions again after a change of dependencies
lock:
    uv pip compile pyproject.toml --generate-hashes --no-header --no-annotate --no-emit-index-url -p 3.11 -o requirements/base.txt -q
    uv pip compile pyproject.toml --group dev --generate-hashes --no-header --no-annotate --no-emit-index-url -c requirements/base.txt -p 3.11 -o requirements/dev.txt -q
    uv pip compile requirements/tools.in --generate-hashes --no-header --no-annotate --no-emit-index-url -p 3.11 -o requirements/tools.txt -q
    uv pip compile requirements/node.in --generate-hashes --no-header --no-annotate --no-emit-index-url -p 3.11 -o requirements/node.txt -q
    uv pip compile requirements/qlib.in --generate-hashes --no-header --no-annotate --no-emit-index-url -p 3.11 -o requirements/qlib.txt -q
    uv pip compile requirements/peers.in --generate-hashes --no-header --no-annotate --no-emit-index-url -c requirements/qlib.txt -p 3.11 -o requirements/peers.txt -q
    uv pip compile requirements/bars-peers.in --generate-hashes --no-header --no-annotate --no-emit-index-url -p 3.11 -o requirements/bars-peers.txt -q

# install, build and (re)start QuantGPT
up:
    bash restart.sh

# compare with a live pyqlib on real data and on an export of ours; makes .tools/qlib-env first (about 1.6 GB)
parity-qlib:
    bash scripts/qlib_env.sh
    python -m tests.parity.live_qlib

# freeze the outputs of pyqlib under tests/parity/frozen_qlib again
freeze-qlib:
    bash scripts/qlib_env.sh
    python -m tests.parity.frozen_qlib.make_market
    python -m tests.parity.frozen_qlib.freeze

# the feature engine against pyqlib, KunQuant, polars_ta and the memory floor; exits non-zero when a target is missed
bench-engine *options:
    bash scripts/qlib_env.sh
    python -m bench engine {{options}}

# the bar simulator against backtrader, backtesting.py and vectorbt, and the signed service; exits non-zero when a target is missed
bench-bars *options:
    bash scripts/bars_env.sh
    python -m bench bars {{options}}
