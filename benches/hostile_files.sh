#!/usr/bin/env bash
# Files made to fill memory or disk are refused, and how much memory and time that takes: benches/hostile_files.sh HEADROOM
set -euo pipefail
headroom=$(realpath "$1"); dir=$(mktemp -d); trap 'rm -rf "$dir"' EXIT; cd "$dir"
"$headroom" --data d init > init.txt
python3 - <<'PY'
import gzip, zipfile
header = b"date,product,metric,value\n2026-03-01,video,DAU,"
with open("line.csv", "wb") as f:
    f.write(header)
    for _ in range(1024): f.write(b"9" * (1 << 20))
with open("quote.csv", "wb") as f:
    f.write(header + b'"')
    for _ in range(1024): f.write(b"9\n" * (1 << 19))
with gzip.open("bomb.csv.gz", "wb", compresslevel=9) as f:
    f.write(b"date,product,metric,value\n")
    for _ in range(4096): f.write(b"2026-03-01,video,DAU,1\n" * 45000)
for name, inner in (("bomb.zip", "a.csv"), ("bomb.xlsx", "xl/workbook.xml")):
    with zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as z, z.open(inner, "w", force_zip64=True) as f:
        f.write(b"date,product,metric,value\n")
        for _ in range(2048): f.write(b"0" * (1 << 20))
with open("line.jsonl", "wb") as f:
    f.write(b'{"billing_account_id":"')
    for _ in range(1024): f.write(b"9" * (1 << 20))
PY
mkfifo pipe.csv
for file in line.csv quote.csv line.jsonl bomb.csv.gz bomb.zip bomb.xlsx pipe.csv; do
  python3 - "$headroom" "$file" <<'PY'
import os, resource, subprocess, sys, time
start = time.time()
done = subprocess.run([sys.argv[1], "--data", "d", "import", sys.argv[2]], capture_output=True, text=True, timeout=300)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss >> 10
print(f"{sys.argv[2]}: status {done.returncode}, {time.time() - start:.1f} s, {peak} MiB: {done.stderr.strip()[:160]}")
sys.exit(done.returncode != 1 or peak > 1024)
PY
done
