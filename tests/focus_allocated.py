"""Every charge of an allocated export is exact in its parts, to the last digit (see focus_allocated.sh)."""

import csv
import json
import sys
from collections import defaultdict
from decimal import Decimal, getcontext

getcontext().prec = 60
SUMS = ["BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "ConsumedQuantity", "PricingQuantity", "x_TaxAmount"]
KEY = ["x_ImportId", "x_SourceFile", "x_SourceRow", "BillingCurrency"]


def sums(path):
    found = defaultdict(lambda: [Decimal(0)] * len(SUMS))
    for row in csv.DictReader(open(path, encoding="utf-8", newline="")):
        key = tuple(row[column] for column in KEY)
        found[key] = [sum_ + Decimal(row[column] or 0) for sum_, column in zip(found[key], SUMS)]
    return found


allocated, charges = sums(sys.argv[1]), sums(sys.argv[2])
wrong = [key for key in allocated.keys() | charges.keys() if allocated.get(key) != charges.get(key)]
ratios, costs, origins = defaultdict(Decimal), defaultdict(Decimal), {}
repeated = rows = 0
for row in csv.DictReader(open(sys.argv[1], encoding="utf-8", newline="")):
    rows += 1
    origin = row["x_SplitOriginId"]
    if not origin:
        continue
    details = json.loads(row["AllocatedMethodDetails"], parse_float=Decimal, parse_int=Decimal)
    ratios[origin] += sum(element["AllocatedRatio"] for element in details["Elements"])
    costs[origin] += Decimal(row["BilledCost"] or 0)
    origins[origin] = Decimal(row["x_SplitOriginCost"] or 0)
    own = json.loads(row["Tags"]) if row["Tags"].startswith("{") else {}
    repeated += bool(own.keys() & json.loads(row["AllocatedTags"]).keys())
uneven = [origin for origin, ratio in ratios.items() if ratio != 1]
apart = [origin for origin in origins if costs[origin] != origins[origin]]
print(
    f"{rows} rows, {len(charges)} charges, {len(origins)} of them allocated; sums differ in {len(wrong)}, ratios in "
    f"{len(uneven)}, origin cost in {len(apart)}, tags repeated in {repeated}"
)
sys.exit(1 if wrong or uneven or apart or repeated or not origins else 0)
