#!/usr/bin/env bash
# Makes .tools/bars-env: backtrader, backtesting.py and vectorbt, the peers of the bar simulator, from their hashed lock.
# Used by `just bench-bars`; the package itself never imports any of it. Safe to repeat; needs the network only when the
# lock changed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. scripts/bootstrap.sh

stamp=$(checksum requirements/bars-peers.txt)
if [ "$(cat .tools/bars-env/.installed 2>/dev/null || true)" != "$stamp" ]; then
  python=$(find_python)
  uv=$(find_uv "$python")
  say "安装对照环境 / installing backtrader, backtesting.py and vectorbt into .tools/bars-env (about 0.9 GB)"
  [ -x .tools/bars-env/bin/python ] || "$uv" venv --quiet --python "$python" .tools/bars-env || fail "无法建立 .tools/bars-env / cannot make .tools/bars-env"
  rm -f .tools/bars-env/.installed
  "$uv" pip sync --quiet --require-hashes --python .tools/bars-env/bin/python requirements/bars-peers.txt \
    || fail "依赖安装失败 / the packages could not be installed: is a package registry reachable?"
  printf '%s\n' "$stamp" >.tools/bars-env/.installed
fi
printf '%s\n' "$PWD/.tools/bars-env/bin/python"
