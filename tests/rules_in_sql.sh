#!/usr/bin/env bash
# 1,000 random rules over real bills: the rows that their Polars form takes are the rows that their SQL takes in DuckDB.
# Usage: tests/rules_in_sql.sh HEADROOM [RULES] [SEED] [FILE...]; HEADROOM is the built binary. Without files the real bills
# among the fixtures are taken. Needs Python 3; DuckDB is installed into a virtual environment of its own.
set -euo pipefail
cd "$(dirname "$0")/.."
headroom=$(realpath "$1")
rules=${2:-1000}
seed=${3:-20260301}
shift $(($# < 3 ? $# : 3))
files=("$@")
[ ${#files[@]} -gt 0 ] || files=(fixtures/ok/focus/*.csv fixtures/ok/aws/*.csv fixtures/ok/azure/*.csv fixtures/ok/gcp/*.csv fixtures/ok/oci/*.csv)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
venv=${CHECK_VENV:-$work/venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -c 'import duckdb, pytz' 2>/dev/null || "$venv/bin/pip" install -q duckdb pytz
cargo build -q --workspace --examples
example=${CARGO_TARGET_DIR:-target}/debug/examples/rules_in_sql
tested=0
for file in "${files[@]}"; do
  data=$work/data-$tested
  "$headroom" --data "$data" init >/dev/null
  "$headroom" --data "$data" import "$file" --source test >/dev/null 2>"$work/why" || { echo "$file: not read, $(head -1 "$work/why")"; continue; }
  "$headroom" --data "$data" export focus --month 2000-01..2099-12 --out "$work/ledger.parquet" >/dev/null 2>&1 || continue
  "$example" "$work/ledger.parquet" "$rules" "$seed" >"$work/rules.jsonl"
  "$venv/bin/python" tests/rules_in_sql.py "$work/ledger.parquet" "$work/rules.jsonl" "$file"
  tested=$((tested + 1))
done
[ "$tested" -gt 0 ] || { echo "no file was tested"; exit 1; }
