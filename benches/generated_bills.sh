#!/usr/bin/env bash
# Bills that other people's generators make, fresh each time, against a decimal sum in Python: benches/generated_bills.sh HEADROOM [FOLDER]
# koku-nise makes a month of AWS (three files, about 200,000 rows) and GCP, focus-data-toolkit FOCUS 1.2 and 1.3 of three clouds;
# both come from PyPI. FOLDER keeps the files and the programs, and is made anew without it. SEED chooses the FOCUS files.
set -euo pipefail
headroom=$(realpath "$1")
here=$(realpath "$(dirname "$0")")
folder=${2:-$(mktemp -d)}
mkdir -p "$folder"; folder=$(realpath "$folder")
[ $# -gt 1 ] || trap 'rm -rf "$folder"' EXIT
venv=${CHECK_VENV:-$folder/venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
[ -x "$venv/bin/nise" ] && [ -x "$venv/bin/focus-toolkit" ] || "$venv/bin/pip" install -q 'koku-nise==5.4.4' 'focus-data-toolkit==0.14.1' pyarrow
seed=${SEED:-$(date +%s)}
echo "seed $seed"
for cloud in aws gcp; do
  rm -rf "$folder/bills/$cloud"; mkdir -p "$folder/bills/$cloud"
  (cd "$folder/bills/$cloud" && "$venv/bin/nise" report "$cloud" -s 2026-05-01 -e 2026-06-01 -w >"$folder/$cloud.txt" 2>&1)
done
for cloud in aws azure gcp; do
  for version in 1.2 1.3; do
    out="$folder/bills/focus/$cloud-$version"
    rm -rf "$out"; mkdir -p "$out"
    seed=$((seed + 1))
    "$venv/bin/focus-toolkit" generate --provider "$cloud" --focus-version "$version" --rows 5000 --seed "$seed" --out "$out" >/dev/null
  done
done
"$here/bill_totals.py" "$headroom" "$folder/bills"
