#!/usr/bin/env bash
# Seconds and peak memory of the demo, once built. Limits: 20 s, 1 GiB. Usage: benches/demo.sh
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build -q
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
/usr/bin/time -f '%e s wall, %U s user, %M KiB peak memory' "${CARGO_TARGET_DIR:-target}/debug/headroom" --data "$folder/data" demo >/dev/null
