"""The same allocation in DuckDB, over the same Parquet files: matching, grouping, splitting; then the comparison.

query.py run DATA OUT.csv          allocates the year and writes product, month, currency, effective cost
query.py compare OUT.csv COSTS.json DATA  compares with `headroom costs --by month,product --json`

The query first adds up by the columns that the rules look at, because asking 30 rules of every charge would be several
times slower; amounts are DECIMAL(38,18), shares of pools DOUBLE (DuckDB has no wider integer to split exactly by), so
products may differ from Headroom's by what doubles lose; the sum of each month must agree to the last digit.
"""

import csv
import decimal
import json
import resource
import sys
import time

import duckdb

decimal.getcontext().prec = 60


def machine(at):
    return f"db-{at * 167 % 50000:06}"


def mapping(connection):
    connection.execute("CREATE TABLE cmdb (value VARCHAR, product VARCHAR, first VARCHAR, last VARCHAR)")
    lines = []
    for at in range(300):
        if at < 100:
            lines.append((machine(at), f"p{at % 12:02}", "0000-00", "2026-06"))
            lines.append((machine(at), f"p{(at + 1) % 12:02}", "2026-07", "9999-99"))
        else:
            lines.append((machine(at), f"p{at % 12:02}", "0000-00", "9999-99"))
    connection.executemany("INSERT INTO cmdb VALUES (?, ?, ?, ?)", lines)


def rules():
    case = [
        "WHEN team = 'platform' THEN 'pool:platform'",
        "WHEN ServiceName IN ('Backbone', 'Load Balancer') THEN 'pool:network'",
        "WHEN SubAccountId = 'account-19' AND ServiceCategory <> 'Compute' THEN 'pool:security'",
        "WHEN ResourceId LIKE 'shared-%' AND ServiceCategory IN ('Storage', 'Databases') THEN 'pool:storage'",
        "WHEN cmdb.product IS NOT NULL THEN cmdb.product",
    ]
    for app in range(16):
        case.append(f"WHEN app = 'app-{app:02}' THEN 'p{app % 12:02}'")
    products = ", ".join(f"'p{at:02}'" for at in range(12))
    case.append(f"WHEN product_tag IN ({products}) THEN product_tag")
    for accounts, product in [("0[0-3]", "p00"), ("0[4-6]", "p03"), ("0[7-9]", "p05"), ("1[0-2]", "p07")]:
        case.append(
            f"WHEN regexp_matches(SubAccountId, '^account-{accounts}$') "
            f"AND RegionId IN ('region-0', 'region-1', 'region-2') THEN '{product}'"
        )
    for at, (kind, product) in enumerate([("vm", "p02"), ("job", "p04"), ("shared", "p06")]):
        case.append(
            f"WHEN (ResourceId LIKE '{kind}-%{at}' AND BillingCurrency = 'USD') "
            f"OR ResourceId LIKE '{kind}-__77%' THEN '{product}'"
        )
    case.append("WHEN ServiceCategory = 'Analytics' AND regexp_matches(ResourceId, '[02468]$') THEN 'pool:platform'")
    return "CASE " + " ".join(case) + " ELSE '(unallocated)' END"


def run(data, out):
    connection = duckdb.connect()
    connection.execute("SET preserve_insertion_order = false")
    mapping(connection)
    connection.execute("CREATE TABLE requests (month VARCHAR, product VARCHAR, value DOUBLE)")
    for month in range(1, 13):
        for at in range(12):
            connection.execute(
                "INSERT INTO requests VALUES (?, ?, ?)", [f"2026-{month:02}", f"p{at:02}", 100 + at * 37 + month * 11]
            )
    kept = "month, source, BillingCurrency, ProviderName, ServiceCategory, x_ResourceMode, x_CostType, x_Expenditure"
    looked_at = "Tags, ResourceId, ServiceName, SubAccountId, RegionId"
    sums = ", ".join(f"SUM({name}) AS {name}" for name in ["BilledCost", "EffectiveCost", "ListCost", "x_TaxAmount"])
    query = f"""
    CREATE TABLE matched AS
    WITH combination AS (
        SELECT {kept}, {looked_at}, {sums}, COUNT(*) AS charges
        FROM read_parquet('{data}/ledger/*/*/*.parquet', hive_partitioning = true, hive_types = {{'month': VARCHAR, 'source': VARCHAR}})
        GROUP BY ALL
    ), tagged AS (
        SELECT *, json_extract_string(Tags, '$.team') AS team, json_extract_string(Tags, '$.app') AS app,
               json_extract_string(Tags, '$.product') AS product_tag
        FROM combination
    )
    SELECT {kept}, {rules()} AS target, {sums}, SUM(charges) AS charges
    FROM tagged LEFT JOIN cmdb ON ResourceId = cmdb.value AND month BETWEEN cmdb.first AND cmdb.last
    GROUP BY ALL
    """
    connection.execute(query)
    # Pools in order: network (feeds platform), security, storage, platform.
    connection.execute("CREATE TABLE direct AS SELECT month, target AS product, "
                       "SUM(CAST(EffectiveCost AS DOUBLE) * CASE BillingCurrency WHEN 'USD' THEN 7.1 ELSE 1 END) AS cost "
                       "FROM matched WHERE target LIKE 'p__' GROUP BY ALL")
    connection.execute("""
    CREATE TABLE shares AS
    SELECT m.month, 'pool:network' AS pool, w.target, w.weight / 18.0 AS share FROM (SELECT DISTINCT month FROM matched) m,
        (VALUES ('pool:platform', 2), ('p00', 6), ('p01', 4), ('p02', 1), ('p03', 3), ('p05', 2)) w(target, weight)
    UNION ALL SELECT m.month, 'pool:security', product, 1 / 12.0 FROM (SELECT DISTINCT month FROM matched) m,
        (SELECT DISTINCT product FROM requests)
    UNION ALL SELECT month, 'pool:storage', product, value / SUM(value) OVER (PARTITION BY month) FROM requests
    UNION ALL SELECT month, 'pool:platform', product, cost / SUM(cost) OVER (PARTITION BY month) FROM direct
    """)
    text = "month, source, BillingCurrency, ProviderName, ServiceCategory, x_ResourceMode, x_CostType, x_Expenditure"
    money = ["BilledCost", "EffectiveCost", "ListCost", "x_TaxAmount"]
    connection.execute(f"CREATE TABLE costs AS SELECT {text}, target AS product, '' AS pool, "
                       + ", ".join(f"CAST({name} AS DOUBLE) AS {name}" for name in money)
                       + " FROM matched WHERE target NOT LIKE 'pool:%'")
    waiting = "SELECT * FROM matched WHERE target = '{pool}'"
    connection.execute(f"CREATE TABLE pooled AS SELECT {text}, target, "
                       + ", ".join(f"CAST({name} AS DOUBLE) AS {name}" for name in money)
                       + " FROM matched WHERE target LIKE 'pool:%'")
    for pool in ["pool:network", "pool:security", "pool:storage", "pool:platform"]:
        split = ", ".join(f"p.{name} * s.share AS {name}" for name in money)
        columns = ", ".join(f"p.{name}" for name in text.split(", "))
        for place, wanted in [("costs", "s.target NOT LIKE 'pool:%'"), ("pooled", "s.target LIKE 'pool:%'")]:
            via = f"s.target, '{pool}'" if place == "costs" else "s.target"
            connection.execute(f"INSERT INTO {place} SELECT {columns}, {via}, {split} FROM pooled p "
                               f"JOIN shares s ON s.month = p.month AND s.pool = p.target "
                               f"WHERE p.target = '{pool}' AND {wanted}")
    rows = connection.execute(
        "SELECT month, product, BillingCurrency, SUM(EffectiveCost) FROM costs GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    exact = connection.execute(
        "SELECT month, BillingCurrency, SUM(EffectiveCost), SUM(charges), "
        "SUM(EffectiveCost) FILTER (WHERE target = '(unallocated)') FROM matched GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    with open(out, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerows([["product", *row] for row in rows])
        writer.writerows([["month", *row] for row in exact])


def compare(out, costs, proof):
    ours = {}
    document = json.load(open(costs))
    for row in document["rows"]:
        month, product = row["values"]
        ours[month, product, row["currency"]] = decimal.Decimal(row["amount"])
    months = {(line["month"], line["currency"]): line for line in json.load(open(proof))["months"]}
    worst, compared, wrong = 0.0, 0, []
    for kind, *row in csv.reader(open(out)):
        if kind == "month":
            month, currency, ledger, _, unallocated = row
            line = months[month, currency]
            if decimal.Decimal(line["ledger"]) != decimal.Decimal(ledger):
                wrong.append(f"{month} {currency}: ledger {line['ledger']} against {ledger}")
            if decimal.Decimal(line["unallocated"]) != decimal.Decimal(unallocated or "0"):
                wrong.append(f"{month} {currency}: unallocated {line['unallocated']} against {unallocated}")
            if decimal.Decimal(line["difference"]) != 0:
                wrong.append(f"{month} {currency}: not conserved")
        else:
            month, product, currency, amount = row
            mine = ours.pop((month, product, currency), decimal.Decimal(0))
            apart = abs(mine - decimal.Decimal(amount)) / max(abs(mine), decimal.Decimal(1))
            worst, compared = max(worst, float(apart)), compared + 1
    wrong += [f"only Headroom has {key}" for key in ours]
    print(f"{compared} figures of products compared, worst relative difference {worst:.2e}; {len(months)} month sums exact")
    if wrong or worst > 1e-9:
        print("\n".join(wrong[:10]))
        sys.exit("DIFFERENT")


if sys.argv[1] == "run":
    started = time.time()
    run(sys.argv[2], sys.argv[3])
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"duckdb {duckdb.__version__}: {time.time() - started:.2f} s, peak {peak:.0f} MiB")
else:
    compare(*sys.argv[2:5])
