"""The aggregation of Headroom's default policy in DuckDB: hours per machine, then windows; and the same verdicts."""
import json, resource, sys, time
import duckdb

path, ours = sys.argv[1:3]
hours = """SELECT resource_id, (newest - epoch_us(timestamp)) // 3600000000 AS hour,
       count(*) AS n, sum(cpu_percent) AS total, max(cpu_percent) AS peak, count(*) FILTER (cpu_percent < 5) AS below
  FROM samples, last GROUP BY ALL"""
windows = """SELECT resource_id, sum(n) FILTER (hour < 336) AS n, sum(total) FILTER (hour < 336) AS total,
       sum(below) FILTER (hour < 336) AS below, max(peak) FILTER (hour < 336) AS peak, max(total / n) AS busiest,
       count(*) FILTER (hour < 336) / 336.0 AS coverage FROM hours GROUP BY resource_id"""
verdict = "below >= ceil(0.9 * n) AND busiest < 30 AND coverage >= 0.8"
queries = {
    "hours and verdicts": f"""WITH last AS (SELECT max(epoch_us(timestamp)) AS newest FROM samples), hours AS ({hours}), w AS ({windows})
        SELECT resource_id, {verdict} AS idle, busiest, total / n AS mean, 0 AS p90 FROM w""",
    "hours, verdicts and P90 (bounded error)": f"""WITH last AS (SELECT max(epoch_us(timestamp)) AS newest FROM samples), hours AS ({hours}), w AS ({windows}),
        q AS (SELECT resource_id, approx_quantile(cpu_percent, 0.9) AS p90 FROM samples, last
              WHERE epoch_us(timestamp) > newest - 336 * 3600000000 GROUP BY resource_id)
        SELECT w.resource_id, {verdict} AS idle, busiest, total / n AS mean, p90 FROM w JOIN q USING (resource_id)""",
}
report = json.load(open(ours))
found = {f["resource"]: f["verdict"] == "idle" for f in report["findings"]}
shown = {f["resource"]: next(e["value"] for e in f["evidence"] if e["metric"] == "cpu_percent" and e["statistic"] == "p90")
         for f in report["findings"]}
print("headroom:", len(found), "machines,", sum(found.values()), "idle, percentiles", report["percentiles"])
for name, query in queries.items():
    con = duckdb.connect()
    con.execute("SET threads TO 2")
    con.execute(f"CREATE VIEW samples AS SELECT * FROM read_parquet('{path}')")
    start = time.time()
    rows = con.execute(query).fetchall()
    seconds = time.time() - start
    differing = sum(found[row[0]] != row[1] for row in rows)
    print(f"duckdb {duckdb.__version__}, {name}: {seconds:.1f} s, {len(rows)} machines, {sum(r[1] for r in rows)} idle,"
          f" {differing} verdicts differ, peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MiB")
