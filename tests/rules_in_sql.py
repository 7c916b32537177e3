"""Runs the SQL of rules in DuckDB and compares the rows with those that Polars took (see rules_in_sql.sh)."""

import json
import sys

import duckdb

ledger, rules, name = sys.argv[1:]
db = duckdb.connect()
db.execute("CREATE TABLE ledger AS SELECT * FROM read_parquet(?, file_row_number = true)", [ledger])
(height,) = db.execute("SELECT count(*) FROM ledger").fetchone()
count = some = taken = different = 0
for line in open(rules, encoding="utf-8"):
    rule = json.loads(line)
    found = db.execute(f"SELECT file_row_number FROM ledger WHERE {rule['sql']} ORDER BY 1").fetchall()
    rows = [row for (row,) in found]
    count += 1
    some += 0 < len(rows) < height
    taken += len(rows)
    if rows != rule["rows"]:
        different += 1
        odd = sorted(set(rows) ^ set(rule["rows"]))
        if different <= 5:
            print(f"{name}: rule {rule['number']} differs in {len(odd)} rows, first {odd[:3]}\n{rule['toml']}\n{rule['sql']}")
print(f"{name}: {height} rows, {count} rules, {some} of them take some rows and not all, {taken} rows taken, {different} rules differ")
# A comparison of nothing with nothing proves nothing: rules that cut a ledger of several rows in no place are a defect of the rules.
sys.exit(1 if different or (some == 0 and height > 1) else 0)
