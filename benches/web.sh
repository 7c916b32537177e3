#!/usr/bin/env bash
# How quickly pages answer 50 readers: benches/web.sh HEADROOM DATA USER PASSWORD [PRODUCT]. Compares the overview and a product page with a
# static file of the same server, in one run. Needs wrk.
set -euo pipefail
headroom=$1 data=$2 user=$3 password=$4 product=${5:-live}
work=$(mktemp -d)
"$headroom" --data "$data" serve --listen 127.0.0.1:8199 >"$work/said" 2>"$work/log" &
server=$!
trap 'kill $server 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 100); do curl -fs 127.0.0.1:8199/healthz >/dev/null && break; sleep 0.1; done
cookie=$(curl -s -o /dev/null -D - --data-urlencode "name=$user" --data-urlencode "password=$password" 127.0.0.1:8199/sign-in |
  sed -n 's/^set-cookie: \([^;]*\).*/\1/p')
page=$(curl -s -H "cookie: $cookie" 127.0.0.1:8199/)
asset=$(printf '%s' "$page" | grep -o '/assets/[0-9a-f]*/htmx.min.js' | head -1)
printf 'first page, gzip: '
total=0
for path in / $(printf '%s' "$page" | grep -o '/assets/[0-9a-f]*/[a-z.]*' | sort -u); do
  size=$(curl -s -H 'accept-encoding: gzip' -H "cookie: $cookie" -o /dev/null -w '%{size_download}' "127.0.0.1:8199$path")
  total=$((total + size))
done
echo "$total bytes"
for path in "$asset" / /products/$product; do
  curl -s -o /dev/null -H "cookie: $cookie" "127.0.0.1:8199$path" # worked out once
  echo "== $path"
  wrk -t2 -c50 -d15s --latency -H "cookie: $cookie" "http://127.0.0.1:8199$path" | grep -E '50%|99%|Requests/sec|Non-2xx' || true
done
