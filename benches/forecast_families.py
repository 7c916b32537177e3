#!/usr/bin/env python3
"""How `headroom forecast` does on families of series that no competition has: made by chance (seeded), and public ones of the
PyPI package statsmodels (left out when it is not installed), each at default settings.

    forecast_families.py HEADROOM [PER_FAMILY [SEED]]

Per family: series, those without a usable answer, MASE of the forecast and of the seasonal naive (the last cycle repeats; both
scaled by the naive's mean absolute error within the history), root mean squared error against the naive's, coverage of the 80 and 95 %
intervals, mean width of the 80 % interval against the width that is known to be right where the family is simple enough to know it,
and the largest forecast against the largest value ever seen. Needs numpy. Exit status 1 when an answer is unusable or absurd.
"""
import csv, datetime, math, subprocess, sys, tempfile, pathlib
import numpy as np

headroom = sys.argv[1]
per_family = int(sys.argv[2]) if len(sys.argv) > 2 else 60
random = np.random.default_rng(int(sys.argv[3]) if len(sys.argv) > 3 else 20260925)
STEP = {"H": datetime.timedelta(hours=1), "D": datetime.timedelta(days=1), "W": datetime.timedelta(days=7)}
families = []  # name, frequency, season, horizon, [(history with NaN, future)], right half width of 80 % by step or None


def stamp(at, freq):
    if freq in "MQY":
        month = at * {"M": 1, "Q": 3, "Y": 12}[freq]
        return f"{1990 + month // 12}-{month % 12 + 1:02d}-01"
    when = datetime.datetime(2015, 1, 5) + at * STEP[freq]
    return when.strftime("%Y-%m-%dT%H:%M:%S" if freq == "H" else "%Y-%m-%d")


def family(name, freq, season, horizon, make, right=None):
    made = []
    for _ in range(per_family):
        values = make()
        made.append((values[:-horizon], values[-horizon:]))
    families.append((name, freq, season, horizon, made, right))


def noise(count, size=1.0):
    return random.normal(0, size, count)


def season(count, period, size):
    shape = random.normal(0, size, period)
    return np.tile(shape - shape.mean(), count // period + 1)[:count]


def autoregressive(count, share, size):
    values = np.zeros(count + 50)
    for at, shock in enumerate(noise(count + 50, size)):
        values[at] = share * values[at - 1] + shock
    return values[50:]


def monthly(count):
    trend = 100 * np.exp(np.cumsum(np.full(count, random.normal(0.004, 0.006)) + noise(count, 0.01)))
    return trend * np.exp(season(count, 12, 0.2) + noise(count, 0.05))


def daily_year():
    count = 900
    year = 12 * np.sin(2 * np.pi * (np.arange(count) + random.integers(0, 365)) / 365)
    return 100 + year + season(count, 7, 10) + np.cumsum(noise(count, 0.4)) + noise(count, 4)


def daily_shift():
    values = 100 + season(250, 7, 8) + noise(250, 5)
    values[int(random.integers(60, 190)):] *= random.choice([0.5, 1.6])
    return values


def daily_gaps():
    values = 100 + season(300, 7, 10) + noise(300, 5)
    values[:-14][random.random(286) < 0.08] = np.nan
    values[random.integers(0, 280, 4)] *= 8
    return values


def hourly(weeks, drift=0.3):
    count = 24 * 7 * weeks
    hours = np.arange(count)
    day = 30 * np.sin(2 * np.pi * (hours - 8) / 24) + season(count, 24, 4)
    week = np.where((hours // 24) % 7 >= 5, -15, 0)
    return np.maximum(100 + day + week + np.cumsum(noise(count, drift)) + noise(count, 5), 0)


def intermittent(rate, fading=False):
    count = 174
    chance = rate * (np.linspace(1.6, 0.2, count) if fading else np.ones(count))
    return np.where(random.random(count) < chance, np.round(random.gamma(2, 5, count)) + 1, 0.0)


def growth():
    at = np.arange(42)
    return 1000 / (1 + np.exp(-(at - random.integers(15, 30)) / random.uniform(3, 6))) * np.exp(noise(42, 0.04)) + 5


def price_index():
    count = 128  # inflation that wanders around its mean: what consumer prices look like
    return 100 * np.exp(np.cumsum(0.008 + autoregressive(count, 0.7, 0.004)))


def root(size):
    return lambda steps: 1.2816 * size * np.sqrt(steps)


family("random walk, 60 values", "M", 1, 12, lambda: 500 + np.cumsum(noise(72, 10)), root(10))
family("random walk, 150 weeks", "W", 1, 13, lambda: 500 + np.cumsum(noise(163, 10)), root(10))
family("random walk with drift", "Q", 1, 8, lambda: 500 + np.cumsum(4 + noise(88, 10)), root(10))
family("daily random walk", "D", 7, 28, lambda: 2000 + np.cumsum(noise(428, 10)), root(10))
family("AR(1) 0.8", "M", 1, 12, lambda: 100 + autoregressive(112, 0.8, 5), lambda steps: 1.2816 * 5 * np.sqrt((1 - 0.64**steps) / 0.36))
family("white noise", "M", 1, 12, lambda: 100 + noise(72, 5), lambda steps: 1.2816 * 5 + 0 * steps)
family("monthly, trend and season", "M", 12, 12, lambda: monthly(12 * int(random.integers(4, 10)) + 12))
family("monthly, 2 to 3 years", "M", 12, 6, lambda: monthly(int(random.integers(24, 37)) + 6))
family("monthly, 6 to 13 values", "M", 1, 6, lambda: np.maximum(100 + np.cumsum(noise(int(random.integers(6, 14)) + 6, 6)), 1))
family("monthly, saturating", "M", 1, 6, growth)
family("quarterly price index", "Q", 4, 8, price_index)
family("weekly, year and noise", "W", 52, 13, lambda: 100 + 20 * np.sin(2 * np.pi * np.arange(221) / 52) + noise(221, 6))
family("daily, week", "D", 7, 28, lambda: 100 + season(268, 7, 10) + autoregressive(268, 0.6, 4))
family("daily, week and year", "D", 7, 30, daily_year)
family("daily, level shift", "D", 7, 14, daily_shift)
family("daily, gaps and outliers", "D", 7, 14, daily_gaps)
family("daily, below zero", "D", 7, 14, lambda: season(200, 7, 5) + np.cumsum(noise(200, 0.5)) + noise(200, 2))
family("hourly, day and week, 6 weeks", "H", 24, 48, lambda: hourly(6))
family("hourly, day and week, 3 weeks", "H", 24, 48, lambda: hourly(3))
family("hourly random walk", "H", 24, 24, lambda: 3000 + np.cumsum(noise(24 * 29, 10)), root(10))
family("intermittent, a quarter", "D", 1, 14, lambda: intermittent(0.25))
family("intermittent, a tenth", "D", 1, 14, lambda: intermittent(0.1))
family("intermittent, fading", "D", 1, 14, lambda: intermittent(0.25, fading=True))
family("constant", "M", 1, 6, lambda: np.full(int(random.integers(7, 30)), 42.0))


def rolling(name, freq, period, horizon, values, history):
    """Windows of a long public series, each with its own future."""
    values = np.asarray(values, dtype=float)
    room = len(values) - history - horizon
    starts = list(range(0, room + 1, max(horizon, room // per_family or 1)))[:per_family]
    made = [(values[at:at + history], values[at + history:at + history + horizon]) for at in starts]
    if made:
        families.append((name, freq, period, horizon, made, None))


try:
    from statsmodels import datasets
    rolling("public: weekly CO2", "W", 52, 26, datasets.co2.load_pandas().data["co2"], 260)
    rolling("public: yearly sunspots", "Y", 1, 6, datasets.sunspots.load_pandas().data["SUNACTIVITY"], 60)
    rolling("public: yearly Nile", "Y", 1, 6, datasets.nile.load_pandas().data["volume"], 40)
    sea = datasets.elnino.load_pandas().data.iloc[:, 1:].to_numpy().ravel()
    rolling("public: monthly sea temperature", "M", 12, 12, sea, 144)
    macro = datasets.macrodata.load_pandas().data
    for column in ["realgdp", "realcons", "realinv", "m1", "unemp", "tbilrate", "cpi"]:
        rolling(f"public: quarterly {column}", "Q", 4, 8, macro[column], 80)
except ImportError:
    pass


def seasonal_naive(past, period, horizon):
    filled = past[np.isfinite(past)]
    return np.resize(filled[-period:], horizon), np.abs(filled[period:] - filled[:-period]).mean()


bad_at_all = False
print(f"{'family':32} {'series':>6} {'bad':>4} {'MASE':>7} {'naive':>7} {'RMSE÷n':>7} {'80 %':>6} {'95 %':>6} {'width':>6} {'largest':>8}")
sums = [0.0, 0.0, 0]
for name, freq, period, horizon, made, right in families:
    folder = pathlib.Path(tempfile.mkdtemp())
    with open(folder / "in.csv", "w", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["unique_id", "ds", "y"])
        for at, (past, _) in enumerate(made):
            for step, value in enumerate(past):
                writer.writerow([f"s{at}", stamp(step, freq), "" if math.isnan(value) else repr(float(value))])
    command = [headroom, "forecast", "--input", folder / "in.csv", "--horizon", str(horizon), "--output", folder / "out.csv"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    answers = {}
    for row in csv.DictReader(open(folder / "out.csv", newline="")):
        answers.setdefault(row["unique_id"], []).append([float(row[key]) for key in ("yhat", "lo80", "hi80", "lo95", "hi95")])
    bad, mase, naive, squares, inside, points, largest, widths = 0, [], [], [0.0, 0.0], [0, 0], 0, 0.0, []
    for at, (past, future) in enumerate(made):
        rows = np.array(answers.get(f"s{at}", []))
        if rows.shape != (horizon, 5) or not np.isfinite(rows).all():
            bad += 1
            continue
        top = max(np.nanmax(np.abs(past)), 1e-9)
        largest = max(largest, np.abs(rows[:, 0]).max() / top)
        known = np.isfinite(future)
        simple, scale = seasonal_naive(past, period, horizon)
        for scores, forecast, slot in [(mase, rows[:, 0], 0), (naive, simple, 1)]:
            apart = np.abs(future - forecast)[known]
            if scale > 0:
                scores.append(apart.mean() / scale)
                squares[slot] += ((apart / scale) ** 2).mean()
        for level, (low, high) in enumerate([(1, 2), (3, 4)]):
            tiny = 1e-9 * top
            inside[level] += int(((rows[:, low] - tiny <= future) & (future <= rows[:, high] + tiny))[known].sum())
        if right:
            widths.append(((rows[:, 2] - rows[:, 1]) / 2 / right(np.arange(1, horizon + 1))).mean())
        points += int(known.sum())
    bad_at_all |= bad > 0 or largest > 10
    share = [count / points for count in inside]
    sums = [sums[0] + share[0], sums[1] + share[1], sums[2] + 1]  # every family counts alike
    mean = lambda scores: np.mean(scores) if scores else float("nan")
    ratio = math.sqrt(squares[0] / squares[1]) if squares[1] > 0 else float("nan")
    width = f"{np.mean(widths):6.2f}" if widths else f"{'':6}"
    print(f"{name:32} {len(made):6} {bad:4} {mean(mase):7.3f} {mean(naive):7.3f} {ratio:7.3f} {share[0]:6.3f} {share[1]:6.3f} {width} {largest:8.2f}", flush=True)
print(f"{'mean over families':32} {'':6} {'':4} {'':7} {'':7} {'':7} {sums[0] / sums[2]:6.3f} {sums[1] / sums[2]:6.3f}")
sys.exit(int(bad_at_all))
