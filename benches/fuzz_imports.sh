#!/usr/bin/env bash
# Damaged files of every kind through decode, recognise, map and guess, for some seconds: benches/fuzz_imports.sh [SECONDS] [SEED]
set -euo pipefail
cd "$(dirname "$0")/.."
HEADROOM_FUZZ_SECONDS=${1:-1800} HEADROOM_FUZZ_SEED=${2:-20261124} \
  cargo test --workspace --test all mutations::fuzz_for_long -- --ignored --nocapture --exact
