#!/usr/bin/env bash
# schemathesis against the API of the demo company: tests/api_schemathesis.sh HEADROOM [MOST_EXAMPLES]. No answer may be a 5xx, of
# a status or a media type that the document does not name. Bounded: MOST_EXAMPLES requests per operation and phase (15), 10 minutes.
# schemathesis comes from PyPI into a venv of its own (CHECK_VENV names one to use again).
set -euo pipefail
headroom=$(realpath "$1")
most=${2:-15}
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
venv=${CHECK_VENV:-$work/venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
[ -x "$venv/bin/schemathesis" ] || "$venv/bin/pip" install -q 'schemathesis>=4,<5'

"$headroom" --data "$work/data" demo >/dev/null
printf 'correct horse 9' | "$headroom" --data "$work/data" user add robot --role administrator --role finance --role approver --password-stdin >/dev/null
token=$("$headroom" --data "$work/data" token create schemathesis --user robot --json | sed -n 's/.*"secret": *"\([^"]*\)".*/\1/p')
"$headroom" --data "$work/data" serve --listen 127.0.0.1:0 --max-upload 4 >"$work/said" 2>"$work/log" &
server=$!
for _ in $(seq 100); do grep -q 'Headroom is at' "$work/said" && break; sleep 0.1; done
base=$(sed -n 's/^Headroom is at \(http[^ ]*\).*/\1/p' "$work/said")
cd "$work"
# Events of a job are a stream that ends when the job does; ids of jobs cannot be guessed, so nothing hangs.
timeout 600 "$venv/bin/schemathesis" run "$base/api/v1/openapi.json" --header "Authorization: Bearer $token" \
  --checks not_a_server_error,status_code_conformance,content_type_conformance \
  --phases coverage,fuzzing --max-examples "$most" --continue-on-failure --seed 1 --workers 2 --request-timeout 60 --warnings off
grep -c ERROR "$work/log" | sed 's/^/errors in the log of the server: /' || true
