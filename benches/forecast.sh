#!/usr/bin/env bash
# Accuracy, coverage and CPU seconds of `headroom forecast` on competition data (which may not be copied into the project).
# Limits: Tourism monthly sMAPE 18.4, MASE 1.46; M4 weekly 8.50, 2.45; 80 % intervals cover .75-.86, 95 % .91-.98.
# Usage: [HEADROOM=BINARY] benches/forecast.sh FOLDER_OF_DATA PATH_OF_forecast_cases.py [PYTHON]; builds the dev profile without HEADROOM.
set -euo pipefail
data=$(realpath "${1:?folder with Tourism-monthly-*.csv and Weekly-*.csv}")
tool=$(realpath "${2:?forecast_cases.py}")
cd "$(dirname "$0")/.."
headroom=${HEADROOM:-}
if [ -z "$headroom" ]; then
    cargo build -q
    headroom=${CARGO_TARGET_DIR:-target}/debug/headroom
fi
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

# The peer on the same series in the same run: give a Python that has statsforecast (PyPI) as the third argument.
python=${3:-}
[ -n "$python" ] || exit 0
peer() { # name, frequency, horizon, season, header
    "$python" "$tool" long "$data/$1-train.csv" "$folder/series.csv" --freq "$2" $5
    ours=$(/usr/bin/time -f '%U' "$headroom" forecast --input "$folder/series.csv" --horizon "$3" --output "$folder/forecast.csv" 2>&1 >/dev/null | tail -1)
    theirs=$("$python" - "$folder/series.csv" "$3" "$4" "$2" <<'PY'
import sys, time, warnings
warnings.filterwarnings("ignore")
import pandas as pd
from statsforecast import StatsForecast
from statsforecast.models import AutoETS
path, horizon, season, freq = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
series = pd.read_csv(path)
series["ds"] = series.groupby("unique_id").cumcount()
few = series[series["unique_id"] == series["unique_id"].iloc[0]]
StatsForecast(models=[AutoETS(season_length=season)], freq=1, n_jobs=1).forecast(df=few, h=horizon)  # compiles once
start = time.process_time()
StatsForecast(models=[AutoETS(season_length=season)], freq=1, n_jobs=1).forecast(df=series, h=horizon)
print(f"{time.process_time() - start:.2f}")
PY
)
    echo "$1: headroom $ours s CPU, statsforecast AutoETS $theirs s CPU: a $(echo "$theirs / $ours" | bc -l | cut -c1-5)th (limit: a tenth)"
}
peer Tourism-monthly M 24 12 ""
peer Weekly W 13 1 --header
