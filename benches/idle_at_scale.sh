#!/bin/bash
# headroom idle over many samples against the same aggregation in DuckDB over the same file.
#   benches/idle_at_scale.sh HEADROOM FOLDER [RESOURCES] [DAYS] [resource|time] [python with duckdb]
# HEADROOM is a release build; the generator: cargo run --release -p headroom-models --example utilization_at_scale.
set -euo pipefail
headroom=$1 folder=$2 resources=${3:-50000} days=${4:-30} order=${5:-resource} python=${6:-python3}
generator=${GENERATOR:-$(dirname "$headroom")/examples/utilization_at_scale}
file=$folder/utilization-$resources-$days-$order.parquet
[ -f "$file" ] || "$generator" "$file" "$resources" "$days" "$order"
ls -l "$file" | awk '{print "file:", $5, "bytes"}'
[ -d "$folder/data" ] || "$headroom" --data "$folder/data" init > /dev/null
for run in 1 2; do
    /usr/bin/time -f "headroom: %e s wall, %U s user, %M KiB peak" \
        "$headroom" --data "$folder/data" --json idle --input "$file" --policy headroom > "$folder/headroom.json"
done
"$python" "$(dirname "$0")/idle_at_scale.py" "$file" "$folder/headroom.json"
