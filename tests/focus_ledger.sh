#!/usr/bin/env bash
# The ledger of each provider's bills, exported and judged by other people's validators: tests/focus_ledger.sh HEADROOM [FILE...]
# Without files the fixtures are taken, one batch per provider. focus-toolkit lints rows (PyPI: focus-data-toolkit). FOCUS_VALIDATOR names a
# script that runs the FinOps Foundation's focus-validator on a Parquet file; its rules InvoiceId-C-004-C and EffectiveCost-C-005-C
# fail on any file with invoices and purchases, every other failure is one.
set -euo pipefail
headroom=$(realpath "$1"); shift
here=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
venv=${CHECK_VENV:-$work/venv}
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
[ -x "$venv/bin/focus-toolkit" ] || "$venv/bin/pip" install -q 'focus-data-toolkit==0.14.1' pyarrow
ok="$here/../fixtures/ok"
if [ $# -gt 0 ]; then files=("$@"); else
  files=("$ok"/focus/*.csv "$ok"/aws/*.csv "$ok"/azure/azure*Cost_Small.csv "$ok"/azure/headers_Enterprise.csv "$ok"/gcp/*.csv "$ok"/oci/*.csv
    "$ok"/alibaba/instance-detail.csv "$ok"/tencent/l3-bill-detail.csv "$ok"/huawei/resource-detail.csv "$ok"/volcengine/bill-detail.csv "$ok"/invoice/utf-8.csv)
fi
# What the bill itself says: an amount in cents beside a price with more digits.
of_the_bill_lint='cost_not_unit_price_times_quantity'
# Chinese names and units of the bill, units in the vendor's own words, exports that name no invoice.
of_the_bill='[A-Za-z]+-C-002-M|[A-Za-z]*Unit-C-00[03]-[MO]|InvoiceId-C-005-C|[A-Za-z]+-C-000-M|CostAndUsage-D-[0-9]+-M'
failed=0
for file in "${files[@]}"; do
  name=$(basename "$file")
  data="$work/$name.data"
  "$headroom" --data "$data" init >/dev/null
  printf '[company]\nname="x"\n[[department]]\nid="d"\nname="d"\n[[product]]\nid="video"\nname="v"\ndepartment="d"\n[[module]]\nproduct="video"\nid="stream"\nname="s"\n' >"$work/org.toml"
  "$headroom" --data "$data" apply "$work/org.toml" >/dev/null
  if ! "$headroom" --data "$data" import "$file" --json >"$work/import.json" 2>"$work/import.txt"; then
    echo "$name: not imported: $(head -c 300 "$work/import.txt")"; failed=1; continue
  fi
  for format in csv parquet; do
    "$headroom" --data "$data" export focus --month 2000-01..2100-12 --out "$work/out.$format" >/dev/null
  done
  # The built-in lint knows FOCUS 1.4: the two provider columns go by their new names, and what only 1.4 demands is not asked.
  sed -i '1s/\bProviderName\b/ServiceProviderName/; 1s/\bPublisherName\b/HostProviderName/' "$work/out.csv"
  "$venv/bin/focus-toolkit" validate "$work/out.csv" --dataset cost-and-usage >"$work/lint.txt" 2>&1 || true
  lint=$(grep -E '^ *\[' "$work/lint.txt" | grep -vE 'null_not_allowed\] (BillingAccountType|PricingCurrency|PricingCurrencyEffectiveCost)\b' \
    | grep -vE "$of_the_bill_lint" | head -5 || true)
  if [ -n "$lint" ]; then echo "$name: focus-toolkit: $lint"; failed=1; fi
  said="focus-toolkit ok"
  if [ -n "${FOCUS_VALIDATOR:-}" ]; then
    "$FOCUS_VALIDATOR" "$work/out.parquet" >"$work/validator.txt" 2>&1 || true
    rules=$(grep -oE '^- [A-Za-z]+-[A-Z]+-[0-9]+-[A-Z]' "$work/validator.txt" | sed 's/^- //' | sort -u | tr '\n' ' ')
    counts=$(grep -E '^Total:' "$work/validator.txt" || true)
    other=$(printf '%s\n' $rules | grep -vE '^(InvoiceId-C-004-C|EffectiveCost-C-005-C)?$' | tr '\n' ' ' || true)
    said="$said; validator: $counts"
    beyond=$(printf '%s\n' $other | grep -vE "^($of_the_bill)$" | tr '\n' ' ' || true)
    said="$said; of the bill itself: $other"
    if [ -n "${beyond// /}" ]; then said="$said; OTHER FAILURES: $beyond"; failed=1; fi
  fi
  echo "$name: $(python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); print(d["rows"], "rows,", d["importer"])' "$work/import.json"); $said"
done
exit $failed
