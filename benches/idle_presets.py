"""Counts of each preset on real machines, worked out by an independent script and by Headroom.

    benches/idle_presets.py HEADROOM AVERAGE.csv.gz MAXIMUM.csv.gz FOLDER

The files are wide: a column per machine, a row per five minutes (Azure Public Dataset V1). Plain Python, no library: the
rules are written down here once more, from their published text.
"""
import csv, datetime, gzip, json, math, os, subprocess, sys

headroom, average, maximum, folder = sys.argv[1:5]


def read(path):
    with gzip.open(path, "rt") as file:
        rows = list(csv.reader(file))
    return rows[0][1:], [int(row[0]) for row in rows[1:]], list(zip(*[row[1:] for row in rows[1:]]))


names, steps, averages = read(average)
_, _, maxima = read(maximum)
start = datetime.datetime(2016, 11, 16)
minutes = [5 * step for step in steps]
newest = minutes[-1]


def values(column, days):
    """Values of the last days: those later than newest - days."""
    return [float(v) for v, m in zip(column, minutes) if v != "" and m > newest - days * 1440]


def rank(sorted_values, share):
    return sorted_values[max(1, math.ceil(round(share * len(sorted_values), 9))) - 1]


def hours(column, days):
    return len({(newest - m) // 60 for v, m in zip(column, minutes) if v != "" and m > newest - days * 1440})


def usual(column, days):
    counts = {}
    for v, m in zip(column, minutes):
        if v != "" and m > newest - days * 1440:
            counts[(newest - m) // 60] = counts.get((newest - m) // 60, 0) + 1
    ordered = sorted(counts.values(), reverse=True)
    return ordered[len(ordered) // 20] if ordered else 1


def covered(column, days, share):
    n = len(values(column, days))
    return min(hours(column, days) / (days * 24), n / (usual(column, days) * days * 24)) >= share


def compute_optimizer(avg, peak):
    return hours(peak, 14) >= 30 and max(values(peak, 14)) < 5


def trusted_advisor(avg, peak):
    days = {}
    for v, m in zip(avg, minutes):
        back = (newest - m) // 1440
        if v != "" and back < 14:
            days.setdefault(back, []).append(float(v))
    return covered(avg, 14, 0.25) and sum(sum(d) / len(d) <= 10 for d in days.values()) >= 4


def azure_advisor(avg, peak):
    both = covered(avg, 7, 0.8) and covered(peak, 7, 0.8)
    return both and rank(sorted(values(peak, 7)), 0.95) < 3 and max(values(avg, 3)) <= 2


def gcp(avg, peak):
    return covered(avg, 14, 0.8) and rank(sorted(v / 100 for v in values(avg, 14)), 0.97) < 0.03


def optscale(avg, peak):
    v = values(avg, 7)
    return covered(avg, 7, 0.8) and sum(v) / len(v) <= 5


rules = {
    "aws-compute-optimizer": compute_optimizer,
    "aws-trusted-advisor": trusted_advisor,
    "azure-advisor": azure_advisor,
    "gcp-recommender": gcp,
    "optscale": optscale,
}
os.makedirs(folder, exist_ok=True)
sheet = os.path.join(folder, "azure-long.csv")
with open(sheet, "w", newline="") as file:
    out = csv.writer(file)
    out.writerow(["timestamp", "resource_id", "cpu_percent", "cpu_max_percent"])
    for name, avg, peak in zip(names, averages, maxima):
        for minute, a, p in zip(minutes, avg, peak):
            out.writerow([(start + datetime.timedelta(minutes=minute)).isoformat() + "Z", name, a, p])
data = os.path.join(folder, "data")
if not os.path.isdir(data):
    for step in (["init"], ["import", sheet]):
        subprocess.run([headroom, "--data", data, *step], check=True, stdout=subprocess.DEVNULL)
failed = False
for policy, rule in rules.items():
    expected = {name for name, avg, peak in zip(names, averages, maxima) if rule(avg, peak)}
    done = subprocess.run([headroom, "--data", data, "--json", "idle", "--policy", policy], check=True, capture_output=True)
    found = {f["resource"] for f in json.loads(done.stdout)["findings"] if f["verdict"] == "idle"}
    failed |= expected != found
    print(f"{policy}: script {len(expected)}, headroom {len(found)}, {'equal' if expected == found else sorted(expected ^ found)}")
sys.exit(failed)
