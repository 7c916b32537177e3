#!/usr/bin/env python3
"""The demo year replayed month by month: the landing's forecast of the months to come against run-rate and OLS.

Usage: benches/landing_demo.py HEADROOM DATA_DIRECTORY_OF_THE_DEMO
At each closed month from March to August the report gives every product's landing; what it says of the months up to
September is held against the cost that came. Run-rate is the mean of the year's closed months; OLS is the line through the
last six closed months, and through the year's. The error is summed over products (over and under do not cancel).
"""
import json
import subprocess
import sys

headroom, data = sys.argv[1:3]


def run(*arguments):
    done = subprocess.run([headroom, "--data", data, "--json", *arguments], capture_output=True, check=True)
    return json.loads(done.stdout)


def months(first, last):
    year, month = map(int, first.split("-"))
    while f"{year}-{month:02}" <= last:
        yield f"{year}-{month:02}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)


costs = run("costs", "--by", "product,month", "--month", "2025-07..2026-09", "--currency", "CNY")
actual = {}
for row in costs["rows"]:
    product, month = row["values"]
    actual.setdefault(product, {})[month] = float(row["amount"])


def line(values, ahead):
    n = len(values)
    x, y = (n - 1) / 2, sum(values) / n
    down = sum((at - x) ** 2 for at in range(n))
    slope = sum((at - x) * (value - y) for at, value in enumerate(values)) / down if down else 0
    return sum(y + slope * (at - x) for at in range(n, n + ahead))


print(f"{'closed':8}{'ahead':>6}{'landing':>10}{'run-rate':>10}{'OLS year':>10}{'OLS 6':>10}   error over products, % of cost")
for month in months("2026-03", "2026-08"):
    run("budget", "roll", "--month", month)
    shown = {}
    open_months = list(months(month, "2026-09"))[1:]
    forecasts = run("budget", "roll", "forecasts", "--month", month)["forecasts"]
    for forecast in forecasts:
        if forecast["month"] in open_months:
            shown[forecast["product"]] = shown.get(forecast["product"], 0) + float(forecast["mid"])
    off = [0.0, 0.0, 0.0, 0.0]
    whole = 0.0
    for product, by_month in actual.items():
        came = sum(by_month.get(m, 0) for m in open_months)
        closed = [by_month.get(m, 0) for m in months("2026-01", month)]
        six = [by_month.get(m, 0) for m in months("2025-07", month)][-6:]
        ahead = len(open_months)
        guesses = [shown.get(product, 0), sum(closed) / len(closed) * ahead, line(closed, ahead), line(six, ahead)]
        off = [sum_ + abs(guess - came) for sum_, guess in zip(off, guesses)]
        whole += came
    print(f"{month:8}{len(open_months):>6}" + "".join(f"{100 * one / whole:>10.2f}" for one in off))
