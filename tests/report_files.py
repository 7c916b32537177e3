#!/usr/bin/env python3
"""The execution report, the budget book, the comparison of versions and execution by provider in LibreOffice and pdftotext.

Usage: tests/report_files.py HEADROOM DATA_DIRECTORY [MONTH]
Workbook: every stored result of every formula is taken out, LibreOffice works them all out again, and each must be what
Headroom wrote, to the cent; the execution and variance sheets must hold the figures of the JSON, to the cent.
PDF: the text has the names in Chinese (and in English), and the same figures.
Needs chromium, libreoffice and pdftotext; nothing else than the standard library of Python.
"""
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
headroom, data = sys.argv[1:3]
month = ["--month", sys.argv[3]] if len(sys.argv) > 3 else []
work = Path(tempfile.mkdtemp())
failed = []


def report(language, ending, name="execution", place=data, *more):
    path = work / f"{name}{len(more)}.{language}.{ending}"
    arguments = [headroom, "--data", place, "--lang", language, "report", name, *(more or month), "--out", str(path)]
    subprocess.run(arguments, check=True, capture_output=True)
    return path


def column_of(place):
    number = 0
    for letter in re.match("[A-Z]+", place).group():
        number = number * 26 + ord(letter) - 64
    return number - 1


def read(path):
    """Sheet name → {(row, column): (value, has a formula)}."""
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        texts = []
        if "xl/sharedStrings.xml" in names:
            root = ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
            texts = ["".join(part.text or "" for part in item.iter(f"{SPACE}t")) for item in root.iter(f"{SPACE}si")]
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        sheets = {}
        for number, sheet in enumerate(book.iter(f"{SPACE}sheet"), 1):
            cells = {}
            for cell in ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{number}.xml")).iter(f"{SPACE}c"):
                value, formula = cell.find(f"{SPACE}v"), cell.find(f"{SPACE}f")
                if value is None or value.text is None:
                    continue
                place = (int(re.search(r"\d+", cell.get("r")).group()) - 1, column_of(cell.get("r")))
                text = texts[int(value.text)] if cell.get("t") == "s" else value.text
                cells[place] = (text, formula is not None)
            sheets[sheet.get("name")] = cells
        return sheets


def recomputed(path):
    """The workbook as LibreOffice works it out, with no result given to it."""
    bare, out = work / f"bare-{path.name}", work / "out"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(bare, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name.startswith("xl/worksheets/sheet"):
                text = content.decode()
                text, count = re.subn(r"(<f>[^<]*</f>)<v>[^<]*</v>", r"\1", text)
                content = text.encode()
            target.writestr(name, content)
    subprocess.run(
        ["libreoffice", "--headless", f"-env:UserInstallation=file://{work}/office", "--convert-to", "xlsx", "--outdir", str(out), str(bare)],
        check=True,
        capture_output=True,
        timeout=240,
    )
    return read(out / bare.name)


def cents(value):
    return Decimal(value).quantize(Decimal("0.01"))


def grouped(value):
    return f"{cents(value):,}".replace("-", "−")


def differences(title, written, worked_out):
    """How many formulas there are; those that LibreOffice works out otherwise are failures."""
    formulas = 0
    for name, cells in written.items():
        for place, (given, is_formula) in cells.items():
            if not is_formula or given == "":
                continue
            formulas += 1
            result = worked_out[name].get(place, ("nothing", False))[0]
            try:
                same = abs(Decimal(result) - Decimal(given)) < Decimal("0.005")
            except ArithmeticError:
                same = False
            if not same:
                failed.append(f"{title} {name} {place}: LibreOffice {result}, Headroom {given}")
    return formulas


def pdf_text(path):
    return subprocess.run(["pdftotext", "-layout", str(path), "-"], check=True, capture_output=True, text=True).stdout


def tables(language, names):
    """The reports of plain tables, on a copy that has two versions of the year's budget."""
    place = work / "copy"
    if not place.exists():
        shutil.copytree(data, place)
        for line in [f"revise --year {year} --reason x", f"supplement --year {year} --product {product} --amount 1234.56 --reason shows"]:
            subprocess.run([headroom, "--data", place, "budget", *line.split()], check=True, capture_output=True)
    of_year = ["--year", str(year)]
    for name, more in [("budget", [*of_year, "--version", "1"]), ("compare", [*of_year, "--to", "2"]), ("execution", [*month, "--by", "provider,resource-mode"])]:
        value = json.loads(report(language, "json", name, place, *more).read_text())
        path = report(language, "xlsx", name, place, *more)
        worked_out = recomputed(path)
        formulas = differences(f"{language} {name}", read(path), worked_out)
        text = pdf_text(report(language, "pdf", name, place, *more))
        bare = re.sub(r"\s", "", text)
        if name == "budget":
            totals, products = [value["version"]["total"]], {line["product"] for line in value["lines"]}
            for key in products:
                totals.append(sum(Decimal(line["amount"]) for line in value["lines"] if line["product"] == key))
        elif name == "compare":
            totals = [value["difference"], value["from"]["total"], value["to"]["total"]]
            totals += [row[key] for row in value["products"] for key in ("before", "after")]
            products = {row["product"] for row in value["products"]}
        else:
            totals, products = [row[key] for row in value["rows"] for key in ("ytd_actual", "ytd_budget", "year_budget", "available")], set()
            if sum(cents(row["ytd_actual"]) for row in value["rows"] if len(row["path"]) == 1) - cents(value["rows"][0]["ytd_actual"]) > 1:
                failed.append(f"{language} {name}: providers do not add up")
        numbers = {cents(cell) for sheet in worked_out.values() for cell, _ in sheet.values() if re.fullmatch(r"-?\d+(\.\d+)?", cell)}
        for total in totals:
            if cents(total) not in numbers:
                failed.append(f"{language} {name} workbook: {total} is missing")
            if grouped(total) not in text and grouped(total).replace("−", "-") not in text:
                failed.append(f"{language} {name} PDF: {grouped(total)} is missing")
        for key in products - {"(unallocated)"}:
            if re.sub(r"\s", "", names[key]) not in bare:
                failed.append(f"{language} {name} PDF: '{names[key]}' is missing")
        print(f"{language} {name}: {formulas} formulas recomputed; PDF and workbook have {len(totals)} figures, {len(products)} names")


for language in ["en", "zh-CN"]:
    value = json.loads(report(language, "json").read_text())
    path = report(language, "xlsx")
    written, worked_out = read(path), recomputed(path)
    formulas = differences(language, written, worked_out)
    sheets = list(worked_out.values())
    execution = sheets[1]
    columns = {2: "month_actual", 3: "month_budget", 5: "ytd_actual", 6: "ytd_budget", 7: "ytd_difference", 9: "year_budget", 14: "difference"}
    for at, row in enumerate(value["rows"]):
        for column, key in columns.items():
            if cents(execution[(4 + at, column)][0]) != cents(row[key]):
                failed.append(f"{language} execution, {row['id']} {key}: {execution[(4 + at, column)][0]} and {row[key]}")
    available = worked_out["Quarter and available" if language == "en" else "季度与可用额"]
    columns = {2: "quarter_actual", 3: "quarter_budget", 7: "commitments", 8: "available"}
    for at, row in enumerate(value["rows"]):
        for column, key in columns.items():
            if cents(available[(4 + at, column)][0]) != cents(row[key]):
                failed.append(f"{language} available, {row['id']} {key}: {available[(4 + at, column)][0]} and {row[key]}")
    control = worked_out["Control" if language == "en" else "控制"]
    shown = {text for text, _ in control.values()}
    numbers = {cents(text) for text in shown if re.fullmatch(r"-?\d+(\.\d+)?", text)}
    lists = value["control"]
    for row in lists["commitments"] + lists["loans"]:
        if row["id"] not in shown:
            failed.append(f"{language} control: {row['id']} is missing")
    for key in ["outstanding", "owed"]:
        if (lists["commitments"] if key == "outstanding" else lists["loans"]) and cents(lists[key]) not in numbers:
            failed.append(f"{language} control: {key} {lists[key]} is missing")
    tree = worked_out["Variance by line" if language == "en" else "差异明细"]
    end = 5 + len(value["variance"]["parts"])
    rows = [row["variance"] for row in value["variance_tree"] + value["variance_lines"]]
    for at, row in enumerate(rows):
        if cents(tree[(4 + at, end)][0]) != cents(row["end"]):
            failed.append(f"{language} variance row {at}: {tree[(4 + at, end)][0]} and {row['end']}")

    pdf = report(language, "pdf")
    text = pdf_text(pdf)
    bare = re.sub(r"\s", "", text)
    names = [row["name"] for row in value["rows"] if row["level"] in ("company", "department", "product")]
    for name in names:
        name = name if isinstance(name, str) else name[language]
        if name == "(unallocated)":
            continue
        if re.sub(r"\s", "", name) not in bare:
            failed.append(f"{language} PDF: '{name}' is missing")
    head = value["headline"]
    figures = [head["ytd_actual"], head["ytd_budget"], head["year_budget"], head["landing"]["mid"]]
    figures += [row["ytd_actual"] for row in value["rows"] if row["level"] == "product"]
    figures += [row["amount"] for row in lists["commitments"] + lists["loans"]]
    figures += [row["proposed"] for row in lists["decisions"]]
    for figure in figures:
        if grouped(figure) not in text:
            failed.append(f"{language} PDF: {grouped(figure)} is missing")
    print(f"{language}: {formulas} formulas and {len(rows) + len(value['rows'])} rows recomputed; PDF has {len(names)} names, {len(figures)} figures")
    rows = [row for row in value["rows"] if row["level"] == "product"]
    product, year = rows[0]["id"], value["fiscal_year"]
    tables(language, {row["id"]: row["name"] if isinstance(row["name"], str) else row["name"][language] for row in rows})
for line in failed[:20]:
    print(line)
sys.exit(bool(failed))
