#!/usr/bin/env bash
# The web app in a real Chromium: tests/web.sh HEADROOM [PICTURES]. Needs node, npm and chromium.
# playwright-core and axe-core come from the npm registry. Where it cannot be reached nothing is driven: the script says so and
# ends with status 77.
set -euo pipefail
headroom=$(realpath "$1")
here=$(cd "$(dirname "$0")/web" && pwd)
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
pictures=${2:-$work/pictures}

cp "$here/package.json" "$here/drive.mjs" "$work/"
if ! (cd "$work" && timeout 90 npm install --silent --no-audit --no-fund --fetch-retries 1); then
  echo "SKIPPED: playwright-core and axe-core could not be had from the npm registry; the web app was not driven" >&2
  exit 77
fi
"$headroom" --data "$work/data" init >/dev/null
# Files of finance: an AWS report, and an invoice of a data centre in GB18030 with three bad rows, and without.
mkdir "$work/files"
python3 "$here/files.py" "$work/files" "$here/../../fixtures"
"$headroom" --data "$work/data" serve --listen 127.0.0.1:0 --max-upload 4 >"$work/said" 2>"$work/log" &
server=$!
for _ in $(seq 100); do grep -q /set-up/ "$work/said" && break; sleep 0.1; done
base=$(sed -n 's/^Headroom is at \(http[^ ]*\).*/\1/p' "$work/said")
link=$(sed -n 's/^ *http[^ ]*\(\/set-up\/[^ ]*\)$/\1/p' "$work/said")
[ -z "${HEADROOM_BROWSER:-}" ] && ! command -v chromium >/dev/null || export DRIVE_PDF=yes
DRIVE_FILES=$work/files timeout 300 node "$work/drive.mjs" "$base" "$link" "$pictures"
HEADROOM_PID=$server python3 "$here/hostile.py" "$base" boss "correct horse 9"
