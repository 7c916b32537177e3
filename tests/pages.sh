#!/usr/bin/env bash
# Opens the reports that `headroom demo` leaves with the programs their readers use: the pages in Chromium (as a picture
# and as a PDF), the workbooks in LibreOffice. Usage: tests/pages.sh REPORTS_FOLDER [PICTURES_FOLDER]
set -euo pipefail
reports=$(realpath "$1")
out=${2:-$(mktemp -d)}
mkdir -p "$out"
browser() {
  local profile
  profile=$(mktemp -d)
  timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
    --disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$profile" "$@" >/dev/null 2>&1
  rm -rf "$profile"
}
# The year-to-date actual as people read it: to the cent, with thousands separators.
actual=$(sed -n 's/.*"ytd_actual": "\([0-9.]*\)".*/\1/p' "$reports"/execution-*.json | head -1)
shown=$(printf '%.2f' "$actual" | sed -e ':a' -e 's/\B[0-9]\{3\}\>\(\.\|,\)/,&/;ta')
fail=0
for language in en zh-CN; do
  page=$(echo "$reports"/execution-*."$language".html)
  browser --screenshot="$out/$language.png" --window-size=1440,900 "file://$page"
  browser --print-to-pdf="$out/$language.pdf" --no-pdf-header-footer "file://$page"
  text=$(pdftotext -layout "$out/$language.pdf" -)
  # The same figure to the cent in the printed page and in the workbook, and the words of the language.
  grep -qF "$shown" <<<"$text" || { echo "$language page: $shown is missing"; fail=1; }
  word=$([ $language = en ] && echo 'Execution by department' || echo '年末落点')
  grep -qF "$word" <<<"$text" || { echo "$language page: '$word' is missing"; fail=1; }
  [ "$(stat -c %s "$out/$language.png")" -gt 60000 ] || { echo "$language page: the picture is nearly empty"; fail=1; }
  workbook=$(echo "$reports"/execution-*."$language".xlsx)
  (cd "$out" && timeout 180 libreoffice --headless --convert-to pdf "$workbook" >/dev/null 2>&1)
  sheet=$(pdftotext -layout "$out/$(basename "${workbook%.xlsx}").pdf" -)
  grep -qF "$shown" <<<"$sheet" || { echo "$language workbook: $shown is missing"; fail=1; }
  echo "$language: page and workbook show $shown"
done
exit $fail
