"""Judges the exported ledger of each bill. Called by focus_ledger.sh with HEADROOM TOOLKIT VALIDATOR FOLDER FILE...

What may be reported, and nothing else:
- focus-validator 2.2.1 asks both that InvoiceId is null and that it is not, and that the EffectiveCost of purchases is 0 where they cover
  nothing else: every file fails one of the first two, and files with purchases the third.
- A FOCUS file may fail what it fails itself, before Headroom has read it: its own words and prices are kept.
- Bills in Chinese have Chinese names and units, which FOCUS wants in ASCII letters.
- focus-toolkit knows FOCUS 1.4: what only later versions ask for is filled in before it looks.
"""
import csv, json, pathlib, re, subprocess, sys

ALWAYS = {"InvoiceId-C-004-C", "InvoiceId-C-005-C", "EffectiveCost-C-005-C"}
CHINESE = {"alibaba", "tencent", "huawei", "volcengine", "idc-invoice"}
OF_CHINESE = re.compile(r"\w+-C-002-M|\w+Unit-C-003-O|\w+-C-000-M")
ORGANIZATION = """[company]
name = "x"
[[department]]
id = "d"
name = "d"
[[product]]
id = "video"
name = "v"
department = "d"
[[module]]
product = "video"
id = "stream"
name = "s"
"""


def validator_failures(venv, path):
    """Rules that a file fails, with their first violation; the summary line."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages = next(pathlib.Path(venv).glob("lib/*/site-packages"), pathlib.Path(venv) / "lib" / version / "site-packages")
    command = [f"{venv}/bin/focus-validator", "--data-file", str(path), "--validate-version", "1.2.0.1", "--focus-dataset",
               "CostAndUsage", "--block-download", "--output-type", "console", "--show-violations"]
    said = subprocess.run(command, cwd=packages, capture_output=True, text=True)
    total = re.search(r"^Total: .*$", said.stdout, re.M)
    if not total:
        sys.exit(f"the validator did not finish: {said.stdout[-500:]}{said.stderr[-500:]}")
    rules = dict(re.findall(r"^- (\w+-\w+-\d+-\w): (.*)$", said.stdout, re.M))
    failed = int(re.search(r"Fail: (\d+)", total[0])[1])
    if failed != len(rules):
        sys.exit(f"{path}: the validator counts {failed} failures and names {len(rules)}")
    return rules, total[0]


def plain(value):
    """A cell with what stands for null in database exports left out, and times as FOCUS writes them."""
    value = "" if value == "NULL" else value
    time = re.fullmatch(r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(\.0+)?( UTC|Z)?", value)
    return f"{time[1]}T{time[2]}Z" if time else value


def toolkit_findings(toolkit, path, work):
    """Kinds and columns of what the row lint finds."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = [{name: plain(value) for name, value in row.items()} for row in csv.DictReader(file)]
    renamed = {"ProviderName": "ServiceProviderName", "PublisherName": "HostProviderName"}
    for row in rows:
        for old, new in renamed.items():
            row.setdefault(new, row.pop(old, ""))
        row["ServiceSubcategory"] = row.get("ServiceSubcategory") or f"Other ({row['ServiceCategory']})"
        row["BillingAccountType"] = row.get("BillingAccountType") or "Account"
        row["PricingCurrency"] = row.get("PricingCurrency") or row["BillingCurrency"]
        row["PricingCurrencyEffectiveCost"] = row.get("PricingCurrencyEffectiveCost") or row["EffectiveCost"]
    copy = work / "lint.csv"
    with copy.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    said = subprocess.run([toolkit, "validate", str(copy), "--dataset", "cost-and-usage"], capture_output=True, text=True)
    found = re.findall(r"^ *\[([^\]]+)\] (.*)$", said.stdout + said.stderr, re.M)
    if said.returncode and not found:
        sys.exit(f"focus-toolkit did not finish: {said.stdout[-300:]}{said.stderr[-300:]}")
    without_row = lambda text: re.sub(r" row [0-9]+|: invalid value .*", "", text)
    return {f"{kind} {without_row(text)}" for kind, text in found}


def main():
    headroom, toolkit, validator, work, *files = sys.argv[1:]
    work = pathlib.Path(work)
    (work / "org.toml").write_text(ORGANIZATION)
    bad = 0
    for number, file in enumerate(pathlib.Path(name).resolve() for name in files):
        data = str(work / f"data-{number}")
        run = lambda *arguments: subprocess.run([headroom, "--data", data, *map(str, arguments)], capture_output=True, text=True)
        run("init").check_returncode()
        run("apply", work / "org.toml").check_returncode()
        done = run("import", file, "--json")
        if done.returncode:
            print(f"{file.name}: not imported: {done.stderr.strip()[:160]}")
            continue
        batch = json.loads(done.stdout)
        out = {kind: work / f"out.{kind}" for kind in ("csv", "parquet")}
        written = [run("export", "focus", "--month", "2000-01..2100-12", "--out", path) for path in out.values()]
        if any(one.returncode for one in written):
            print(f"{file.name}: {batch['importer']} has no charges")
            continue
        importer = batch["importer"]
        failures, total = validator_failures(validator, out["parquet"])
        findings = toolkit_findings(toolkit, out["csv"], work)
        beyond = {rule: text for rule, text in failures.items() if rule not in ALWAYS}
        own = ""
        if importer == "focus" and (beyond or findings):
            own_failures, own_total = validator_failures(validator, file)
            beyond = {rule: text for rule, text in beyond.items() if rule not in own_failures}
            findings -= toolkit_findings(toolkit, file, work)
            own = f" (the file itself: {own_total})"
        if importer in CHINESE:
            beyond = {rule: text for rule, text in beyond.items() if not OF_CHINESE.fullmatch(rule)}
            own = " (Chinese names and units)" if set(failures) - ALWAYS else ""
        wrong = [f"{rule}: {text}" for rule, text in beyond.items()] + [f"focus-toolkit: {finding}" for finding in sorted(findings)]
        bad += bool(wrong)
        print(f"{'FAILS' if wrong else 'ok'}  {file.name}: {importer}, {batch['rows']} rows, {total}{own}", flush=True)
        for text in wrong[:20]:
            print(f"    {text}")
    sys.exit(1 if bad else 0)


main()
