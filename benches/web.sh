#!/usr/bin/env bash
# How quickly pages answer 50 readers: benches/web.sh HEADROOM DATA USER PASSWORD [PRODUCT]. Compares the overview and a product page, as
# browsers ask for them (gzip) and plain, with a static file of the same server, in one run. Before that, what a page costs that is not in
# memory. Needs wrk.
set -euo pipefail
headroom=$1 data=$2 user=$3 password=$4 product=${5:-live}
work=$(mktemp -d)
"$headroom" --data "$data" serve --listen 127.0.0.1:8199 >"$work/said" 2>"$work/log" &
server=$!
trap 'kill $server 2>/dev/null || true; rm -rf "$work"' EXIT
for _ in $(seq 100); do curl -fs 127.0.0.1:8199/healthz >/dev/null && break; sleep 0.1; done
sign_in() { curl -s -o /dev/null -D - --data-urlencode "name=$user" --data-urlencode "password=$1" 127.0.0.1:8199/sign-in; }
cookie=$(sign_in "$password" | sed -n 's/^set-cookie: \([^;]*\).*/\1/p')
took() { curl -s -o /dev/null -w '%{time_total}' -H "cookie: $cookie" "127.0.0.1:8199$1"; }
pages=(/ "/products/$product")
echo "== not in memory, one reader, seconds"
for path in "${pages[@]}"; do echo "$path, first after the start (the report is worked out): $(took "$path")"; done
for path in "${pages[@]}"; do
  # Any write ends what is kept: a sign-in is one, after which the page is written again and the report is not.
  times=$(for _ in 1 2 3 4 5; do sign_in "$password" >/dev/null; took "$path"; echo; done | sort -n | sed -n 3p)
  echo "$path, after a write that leaves the books alone: $times; from memory: $(took "$path")"
done
page=$(curl -s -H "cookie: $cookie" 127.0.0.1:8199/)
printf '== first page, gzip: '
total=0
for path in / $(printf '%s' "$page" | grep -o '/assets/[0-9a-f]*/[a-z.]*' | sort -u); do
  size=$(curl -s -H 'accept-encoding: gzip' -H "cookie: $cookie" -o /dev/null -w '%{size_download}' "127.0.0.1:8199$path")
  total=$((total + size))
done
echo "$total bytes (limit 150000)"
# The static file whose size is nearest to a page's.
files=$(printf '%s' "$page" | grep -o '/assets/[0-9a-f]*/[a-z.]*' | sort -u)
size_of() { curl -s -o /dev/null -w '%{size_download}' -H "accept-encoding: $2" -H "cookie: $cookie" "127.0.0.1:8199$1"; }
measure() {
  echo "== $1, $2, $(size_of "$1" "$2") bytes"
  wrk -t2 -c50 -d15s --latency -H "accept-encoding: $2" -H "cookie: $cookie" "http://127.0.0.1:8199$1" |
    grep -E '50%|99%|Requests/sec|Non-2xx' || true
}
for path in "${pages[@]}"; do
  for encoding in identity gzip; do
    size=$(size_of "$path" "$encoding")
    # Files are compressed for each answer; sent plain they are no more than bytes.
    near=$(for file in $files; do other=$(size_of "$file" identity); echo "$((other > size ? other - size : size - other)) $file"; done | sort -n | head -1 | cut -d' ' -f2)
    measure "$near" identity
    measure "$path" "$encoding"
  done
done
curl -s 127.0.0.1:8199/metrics | grep '^headroom_pages'
