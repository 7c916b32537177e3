#!/usr/bin/env bash
# The allocated ledger as other people's tools see it: focus-toolkit (PyPI: focus-data-toolkit) accepts the bundle, and every
# charge is exact in its parts. Usage: tests/focus_allocated.sh HEADROOM DATA MONTHS; DATA is an allocated data directory.
set -euo pipefail
headroom=$(realpath "$1")
data=$2
months=$3
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
venv=${CHECK_VENV:-$work/venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
[ -x "$venv/bin/focus-toolkit" ] || "$venv/bin/pip" install -q 'focus-data-toolkit==0.14.1' pyarrow
"$headroom" --data "$data" export focus --allocated --month "$months" --out "$work/allocated.csv"
"$headroom" --data "$data" export focus --month "$months" --out "$work/charges.csv"
"$venv/bin/focus-toolkit" validate-bundle --cost-and-usage "$work/allocated.csv"
"$venv/bin/python" "$here/focus_allocated.py" "$work/allocated.csv" "$work/charges.csv"
