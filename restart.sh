#!/usr/bin/env bash
# Install what is missing, build what is stale, then (re)start QuantGPT and print its address.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
. scripts/bootstrap.sh

install_python base
build_web
build_font

quantgpt=.venv/bin/quantgpt
say "启动 / starting"
exec "$quantgpt" up
