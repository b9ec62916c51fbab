#!/usr/bin/env bash
# Install what the tests need and run all of them. `test.sh fast` leaves out the slow and browser tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. scripts/bootstrap.sh

install_python dev
build_web
build_font
bin=.venv/bin
if [ -z "${QUANTGPT_REAL_DATA:-}" ]; then
  say "没有设置 QUANTGPT_REAL_DATA，真实数据测试将跳过 / QUANTGPT_REAL_DATA is not set: tests on real data are skipped"
fi

need_browser() {
  command -v chromium >/dev/null 2>&1 && return
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "安装 Chromium / installing Chromium"
    apt-get update -qq >/dev/null && apt-get install -y -qq --no-install-recommends chromium >/dev/null || true
  fi
}

say "格式、规则、类型、导入方向 / format, lint, types, import contract"
"$bin/ruff" format --check --quiet src tests bench
"$bin/ruff" check --quiet src tests bench
"$bin/mypy" --no-error-summary
"$bin/lint-imports" --no-logo

say "前端测试 / web tests"
if find_node; then
  install_web
  (cd web && npm run --silent lint && npm run --silent test)
elif [ -n "${CI:-}" ]; then
  fail "CI 需要 Node / Node is needed in CI"
fi

say "测试 / tests"
need_browser
marks="not gate and not soak"
[ "${1:-}" = fast ] && marks="not gate and not soak and not slow and not browser and not postgres"
"$bin/pytest" -q -n "${QUANTGPT_TEST_PROCESSES:-2}" --dist loadfile -m "$marks"
