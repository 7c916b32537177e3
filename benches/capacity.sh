#!/usr/bin/env bash
# Time and memory of a capacity plan: 1,000 modules × 12 months × 6 resources with 1,000 samples each.
# Limit: under 10 s on 2 cores and under 1 GiB. Usage: benches/capacity.sh
set -euo pipefail
cd "$(dirname "$0")/.."
cargo build -q --workspace --example capacity_at_scale
for run in 1 2 3; do
    /usr/bin/time -f '%e s, %U s CPU, %M KiB peak memory' "${CARGO_TARGET_DIR:-target}/debug/examples/capacity_at_scale"
done
