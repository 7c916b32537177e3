#!/usr/bin/env bash
# The web app in a real Chromium: tests/web.sh HEADROOM [PICTURES]. Needs node, npm and chromium.
set -euo pipefail
headroom=$(realpath "$1")
here=$(cd "$(dirname "$0")/web" && pwd)
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
pictures=${2:-$work/pictures}

cp "$here/package.json" "$here/drive.mjs" "$work/"
(cd "$work" && npm install --silent --no-audit --no-fund)
"$headroom" --data "$work/data" init >/dev/null
# Files of finance: an AWS report, and an invoice of a data centre in GB18030 with three bad rows, and without.
mkdir "$work/files"
python3 "$here/files.py" "$work/files" "$here/../../fixtures"
"$headroom" --data "$work/data" serve --listen 127.0.0.1:0 --max-upload 4 >"$work/said" 2>"$work/log" &
server=$!
for _ in $(seq 100); do grep -q /set-up/ "$work/said" && break; sleep 0.1; done
base=$(sed -n 's/^Headroom is at \(http[^ ]*\).*/\1/p' "$work/said")
link=$(sed -n 's/^ *http[^ ]*\(\/set-up\/[^ ]*\)$/\1/p' "$work/said")
DRIVE_FILES=$work/files node "$work/drive.mjs" "$base" "$link" "$pictures"
python3 "$here/hostile.py" "$base" boss "correct horse 9"
