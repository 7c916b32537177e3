#!/usr/bin/env bash
# How close the landing made at half-year comes, on public monthly series turned into a spend plan.
#
# Usage: benches/landing_public.sh TRAIN.csv [TEST.csv]
# One series a line: name, then its values; the values of TEST (same names) are put behind those of TRAIN.
# What is compared and how is said at the head of models/examples/landing_accuracy.rs.
set -euo pipefail
series=$(mktemp)
trap 'rm -f "$series"' EXIT
python3 - "$@" > "$series" <<'PYTHON'
import csv
import sys

tables = [{row[0]: [value for value in row[1:] if value] for row in csv.reader(open(path))} for path in sys.argv[1:3]]
for name, values in tables[0].items():
    later = tables[1].get(name, []) if len(tables) > 1 else []
    print(",".join([name, *values, *later]))
PYTHON
cargo run -q -p headroom-models --example landing_accuracy -- "$series"
