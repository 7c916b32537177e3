#!/usr/bin/env bash
# The year of ROWS charges allocated by Headroom and by a DuckDB query over the same Parquet files, results compared.
# Usage: benches/allocation.sh HEADROOM CHARGES ROWS [FOLDER]; HEADROOM is the built binary, CHARGES the built example of that
# name (cargo build --release --example charges). About 60 bytes of disk a row, removed afterwards. Needs Python 3, GNU time.
set -euo pipefail
cd "$(dirname "$0")"
headroom=$(realpath "$1") charges=$(realpath "$2") rows=$3
work=$(mktemp -d -p "${4:-/var/tmp}")
trap 'rm -rf "$work"' EXIT
venv=${CHECK_VENV:-$work/venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/python" -c 'import duckdb' 2>/dev/null || "$venv/bin/pip" install -q duckdb
data=$work/data
"$headroom" --data "$data" init >/dev/null
{ cat allocation/rules.toml; python3 allocation/mapping.py; } >"$work/rules.toml"
"$headroom" --data "$data" apply allocation/organization.toml "$work/rules.toml" >/dev/null
python3 - "$work" <<'PY'
import sys
with open(sys.argv[1] + "/requests.csv", "w") as file:
    print("product,metric,date,value", file=file)
    for month in range(1, 13):
        for at in range(12):
            print(f"p{at:02},requests,2026-{month:02}-01,{100 + at * 37 + month * 11}", file=file)
with open(sys.argv[1] + "/fx.csv", "w") as file:
    print("month,from,to,rate", file=file)
    for month in range(1, 13):
        print(f"2026-{month:02},USD,CNY,7.1", file=file)
PY
"$headroom" --data "$data" import "$work/requests.csv" >/dev/null
"$headroom" --data "$data" fx import "$work/fx.csv" >/dev/null
echo "== charges"
"$charges" "$data" "$rows" 2>"$work/charges.log"
awk '/ rollup / { sum += $(NF - 1) } END { print "of that the rollups " sum " s" }' "$work/charges.log"
(cd "$data" && du -sh ledger $(ls -d rollups 2>/dev/null))
# ALONE=COMMAND is put before what is measured: where a machine is shared, a command that waits until nothing else runs.
timed() { ${ALONE:-} env time -f "wall %e s, CPU %U + %S s, peak %M KiB" "$@"; }
echo "== headroom allocate, the year (three times)"
for _ in 1 2 3; do timed "$headroom" --data "$data" allocate --json >"$work/proof.json"; done
echo "== headroom allocate, one month"
timed "$headroom" --data "$data" allocate --month 2026-05 --json >/dev/null
echo "== duckdb (three times)"
for _ in 1 2 3; do ${ALONE:-} "$venv/bin/python" allocation/query.py run "$data" "$work/duckdb.csv"; done
echo "== results"
"$headroom" --data "$data" costs --by month,product --json >"$work/costs.json"
"$venv/bin/python" allocation/query.py compare "$work/duckdb.csv" "$work/costs.json" "$work/proof.json"
