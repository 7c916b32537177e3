#!/usr/bin/env python3
"""Import of a large FOCUS CSV to the ledger against DuckDB reading the same CSV and writing the same columns to Parquet.

    benches/import_speed.py HEADROOM SAMPLE.csv [ROWS...]       default 1000000 10000000; needs duckdb for Python and 12 GB of disk

SAMPLE is any FOCUS 1.2 file (focus-toolkit generate makes one); its rows are repeated with other resources, hours, amounts. DuckDB is
told the types of the columns, so that both read decimals and times, and writes with the same compression as the ledger and with
its own default. The order is ABBA where there is time: each is measured twice (BENCH_TURNS), the better counts. Peak memory is that
of the process. BENCH_TMP is where the files go.
"""
import csv, json, os, pathlib, subprocess, sys, tempfile, time

DECIMAL = ("Cost", "UnitPrice", "Quantity")
TIMES = {"BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd"}


def kind(name):
    if name in TIMES:
        return "TIMESTAMPTZ"
    return "DECIMAL(38,18)" if name.endswith(DECIMAL) and not name.startswith("x_") else "VARCHAR"


def generate(sample, rows, out):
    import duckdb

    connection = duckdb.connect()
    connection.sql("SET preserve_insertion_order=false")  # in order it would hold all rows in memory
    count = connection.sql(f"SELECT count(*) FROM read_csv('{sample}', all_varchar=true, header=true)").fetchall()[0][0]
    copies = -(-rows // count)
    vary = """
        ResourceId || '-' || (hash(ResourceId, n) % 50000)::VARCHAR AS ResourceId,
        strftime(('2026-05-01'::TIMESTAMP + to_hours((hash(n, SkuId) % 744)::INTEGER)), '%Y-%m-%dT%H:%M:%SZ') AS ChargePeriodStart,
        strftime(('2026-05-01'::TIMESTAMP + to_hours((hash(n, SkuId) % 744 + 1)::INTEGER)), '%Y-%m-%dT%H:%M:%SZ') AS ChargePeriodEnd,
        (BilledCost::DECIMAL(19,10) + ((hash(n, 1) % 1000000)::DECIMAL(12,0) * 0.00000001))::VARCHAR AS BilledCost,
        (EffectiveCost::DECIMAL(19,10) + ((hash(n, 2) % 1000000)::DECIMAL(12,0) * 0.00000001))::VARCHAR AS EffectiveCost
    """
    connection.sql(f"""COPY (SELECT * REPLACE ({vary}) FROM read_csv('{sample}', all_varchar=true, header=true),
        (SELECT range AS n FROM range({copies})) LIMIT {rows}) TO '{out}' (FORMAT csv, HEADER true)""")


def run(arguments, **more):
    """Wall seconds, CPU seconds and peak MiB of a command."""
    start = time.monotonic()
    process = subprocess.Popen(arguments, stdout=subprocess.PIPE, **more)
    out = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit(f"{arguments} ended with {status}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, out


def duckdb_script(csv_file, header, out, compression):
    columns = ", ".join(f"'{name}': '{kind(name)}'" for name in header)
    query = f"""COPY (SELECT * FROM read_csv('{csv_file}', header=true, auto_detect=false, delim=',', quote='"', escape='"',
        columns={{{columns}}})) TO '{out}' (FORMAT parquet, COMPRESSION {compression})"""
    return [sys.executable, "-c", f"import duckdb; c = duckdb.connect(); c.sql('SET preserve_insertion_order=false'); c.sql({query!r})"]


def main():
    if sys.argv[1] == "--generate":
        return generate(sys.argv[2], int(sys.argv[3]), sys.argv[4])
    headroom, sample = sys.argv[1], sys.argv[2]
    sizes = [int(rows) for rows in sys.argv[3:]] or [1_000_000, 10_000_000]
    folder = pathlib.Path(tempfile.mkdtemp(dir=os.environ.get("BENCH_TMP")))
    for rows in sizes:
        big = folder / f"focus-{rows}.csv"
        # In a process of its own: a process that is started inherits the peak memory of the one that starts it.
        subprocess.run([sys.executable, __file__, "--generate", sample, str(rows), big], check=True)
        with big.open(newline="") as file:
            header = next(csv.reader(file))
        print(f"{rows:,} rows, {len(header)} columns, {big.stat().st_size / 2**30:.2f} GiB", flush=True)
        best = {}
        for turn in range(int(os.environ.get("BENCH_TURNS", "2"))):
            names = ["headroom", "duckdb zstd", "duckdb snappy"]
            for name in names if turn == 0 else reversed(names):
                if name == "headroom":
                    data = folder / f"data-{rows}-{turn}"
                    subprocess.run([headroom, "--data", data, "init", "--currency", "USD"], check=True, capture_output=True)
                    *measured, out = run([headroom, "--data", data, "import", big, "--json"])
                    done = json.loads(out)
                    assert done["rows"] == rows and done["rejected"] == 0, done
                    size = sum(file.stat().st_size for file in data.rglob("*.parquet"))
                    subprocess.run(["rm", "-rf", data], check=True)
                else:
                    out = folder / "out.parquet"
                    *measured, _ = run(duckdb_script(big, header, out, name.split()[1]))
                    size = out.stat().st_size
                    out.unlink()
                if name not in best or measured[0] < best[name][0]:
                    best[name] = (*measured, size)
        for name, (wall, cpu, peak, size) in best.items():
            ratio = best["headroom"][0] / wall
            print(f"  {name:14} {wall:7.1f} s wall {cpu:7.1f} s CPU {peak:7.0f} MiB peak {size / 2**20:7.0f} MiB written   headroom takes {ratio:.2f} x", flush=True)
        big.unlink()
    folder.rmdir()


main()
