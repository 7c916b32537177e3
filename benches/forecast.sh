#!/usr/bin/env bash
# Accuracy, coverage and CPU seconds of `headroom forecast` on competition data (which may not be copied into the project).
# Limits: Tourism monthly sMAPE 18.4, MASE 1.46; M4 weekly 8.50, 2.45; 80 % intervals cover .75-.86, 95 % .91-.98.
# Usage: benches/forecast.sh FOLDER_OF_DATA PATH_OF_forecast_cases.py
set -euo pipefail
data=$(realpath "${1:?folder with Tourism-monthly-*.csv and Weekly-*.csv}")
tool=$(realpath "${2:?forecast_cases.py}")
cd "$(dirname "$0")/.."
cargo build -q
headroom=${CARGO_TARGET_DIR:-target}/debug/headroom
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

measure() { # name, frequency, horizon, season of the score, header
    python3 "$tool" long "$data/$1-train.csv" "$folder/series.csv" --freq "$2" $5
    /usr/bin/time -f '%U s CPU, %e s wall, %M KiB peak memory' \
        "$headroom" forecast --input "$folder/series.csv" --horizon "$3" --output "$folder/forecast.csv" >/dev/null
    python3 "$tool" score "$data/$1-train.csv" "$data/$1-test.csv" "$folder/forecast.csv" --season "$4" $5
}

echo "Tourism monthly"
measure Tourism-monthly M 24 12 ""
echo "M4 weekly"
measure Weekly W 13 1 --header
