#!/usr/bin/env python3
"""Every bill below a folder: what `headroom import --dry-run` adds up to against a decimal sum of the same columns, digit for digit.

    benches/bill_totals.py HEADROOM FOLDER...        files of one folder whose names differ in a number only are one bill

The sums share no code with the importers (`fixtures/ok/cloud_totals.py`, and FOCUS below). Ends with status 1 on any difference.
"""
import csv, importlib.util, json, pathlib, re, subprocess, sys, tempfile
from decimal import Decimal as D

root = pathlib.Path(__file__).resolve().parent.parent
spec = importlib.util.spec_from_file_location("cloud_totals", root / "fixtures/ok/cloud_totals.py")
sums = importlib.util.module_from_spec(spec)
spec.loader.exec_module(sums)
csv.field_size_limit(1 << 30)


def focus(row):
    text = lambda name: None if row[name] == "NULL" else row[name]
    return row["BillingCurrency"], *(sums.read(text(name)) or D(0) for name in ("BilledCost", "EffectiveCost", "ListCost"))


def rule(header):
    has = lambda *names: all(any(n.lower() == h.lower() or h.lower().endswith(f"({n.lower()})") for h in header) for n in names)
    if has("BilledCost", "ChargePeriodStart"):
        return focus
    if has("lineItem/UnblendedCost") or has("line_item_unblended_cost"):
        return sums.aws
    if has("billing_account_id", "invoice.month", "cost"):
        return sums.gcp
    if has("cost/myCost"):
        return sums.oci
    if has("MeterCategory") and (has("Cost") or has("CostInBillingCurrency") or has("PreTaxCost")):
        return sums.azure
    return None


def expected(files):
    sums.residual, totals, rows = D(0), {}, 0
    for path in files:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            add = rule(reader.fieldnames or [])
            if add is None:
                return None
            for row in reader:
                currency, *amounts = add(row)
                if None in amounts:
                    return None
                totals[currency] = [a + b for a, b in zip(totals.get(currency, [D(0)] * 3), amounts)]
                rows += 1
    return rows, totals, sums.residual


def main():
    headroom, folders = sys.argv[1], [pathlib.Path(name) for name in sys.argv[2:]]
    data = tempfile.mkdtemp()
    subprocess.run([headroom, "--data", f"{data}/d", "init"], check=True, capture_output=True)
    bills = {}
    for folder in folders:
        for path in sorted(folder.rglob("*.csv")):
            part = re.search(r"-\d\.csv$|(cur|part).*\d\.csv$", path.name, re.I)
            bills.setdefault((path.parent, re.sub(r"\d+(?=\.csv$)", "#", path.name) if part else path.name), []).append(path)
    wrong = 0
    for (_, _), files in bills.items():
        name = files[0].name + (f" and {len(files) - 1} more" if len(files) > 1 else "")
        run = subprocess.run([headroom, "--data", f"{data}/d", "--json", "import", "--dry-run", *map(str, files)], capture_output=True, text=True)
        want = expected(files)
        if run.returncode != 0:
            empty = want is not None and want[0] == 0
            reason = (run.stderr or run.stdout).strip().splitlines()
            print(f"{'empty' if empty else 'refused'}  {name}: {reason[0][:150] if reason else run.returncode}")
            wrong += want is not None and not empty
            continue
        got = json.loads(run.stdout)
        if want is None and not got["totals"]:
            print(f"no cost  {name}: {got['importer']}, {got['rows']} rows")
            continue
        found = {t["currency"]: [D(t["billed"]), D(t["effective"]), D(t["list"])] for t in got["totals"]}
        same = want is not None and got["rows"] == want[0] and found == want[1] and D(got["rounding_residual"]) == want[2]
        wrong += not same
        shown = "; ".join(f"{c} {a[0]:f} / {a[1]:f} / {a[2]:f}" for c, a in found.items())
        print(f"{'equal' if same else 'DIFFERENT'}  {name}: {got['importer']}, {got['rows']} rows, {shown}, residual {got['rounding_residual']}" + ("" if same else f"\n    expected {want}"))
    sys.exit(1 if wrong else 0)


main()
