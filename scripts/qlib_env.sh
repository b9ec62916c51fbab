#!/usr/bin/env bash
# Makes .tools/qlib-env: pyqlib and the other peers of the benchmark (KunQuant, polars_ta), from their hashed locks.
# Used by `just parity-qlib`, `just bench-engine` and to freeze the outputs under tests/parity/frozen_qlib; the package
# itself never imports any of it. Safe to repeat; needs the network only when the locks changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/bootstrap.sh

stamp=$(checksum requirements/qlib.txt requirements/peers.txt)
if [ "$(cat .tools/qlib-env/.installed 2>/dev/null || true)" != "$stamp" ]; then
  python=$(find_python)
  uv=$(find_uv "$python")
  say "安装对照环境 / installing pyqlib and the other peers into .tools/qlib-env (about 1.6 GB)"
  [ -x .tools/qlib-env/bin/python ] || "$uv" venv --quiet --python "$python" .tools/qlib-env || fail "无法建立 .tools/qlib-env / cannot make .tools/qlib-env"
  rm -f .tools/qlib-env/.installed
  "$uv" pip sync --quiet --require-hashes --python .tools/qlib-env/bin/python requirements/qlib.txt requirements/peers.txt \
    || fail "依赖安装失败 / the packages could not be installed: is a package registry reachable?"
  printf '%s\n' "$stamp" >.tools/qlib-env/.installed
fi
printf '%s\n' "$PWD/.tools/qlib-env/bin/python"
