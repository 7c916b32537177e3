"""Files of finance for the drive: FOLDER FIXTURES. Months are open ones of the sample company."""
import csv
import io
import pathlib
import sys

folder, fixtures = map(pathlib.Path, sys.argv[1:3])
aws = (fixtures / "ok/aws/aws-sample-anonymous-aws-export-dataset.csv").read_text(encoding="utf-8")
aws = list(csv.DictReader(io.StringIO(aws.replace("2023-11", "2026-10").replace("2023-12", "2026-11"))))
with open(folder / "aws.csv", "w", encoding="utf-8", newline="") as file:
    writer = csv.DictWriter(file, aws[0].keys())
    writer.writeheader()
    # An account that says whose it is, which no rule knows: a rule is suggested.
    writer.writerows(row | {"lineItem/UsageAccountId": "shop-production"} for row in aws)

header = ("vendor,contract_id,invoice_id,billing_month,resource_mode,charge_type,resource_id,description,region,quantity,unit,"
          "unit_price,amount,tax_amount,total_amount,currency,product,module").split(",")


def line(number, **changed):
    row = dict(zip(header, ["云港数据中心", "HT-2026-009", "INV-2026-10-009", "2026-10", "idc", "rack", f"RACK-{number:02}",
                            "整柜，含 4 kW", "北京一", "1", "架", "4200.00", "4200.00", "252.00", "4452.00", "CNY", "live", ""]))
    return row | changed


good = [line(number) for number in range(1, 9)]
bad = [*good[:5], line(6, amount="四千二百"), line(7, billing_month="2026-13"), line(8, currency="人民币元")]
for name, rows in (("idc-good.csv", good), ("idc-bad.csv", bad)):
    text = io.StringIO()
    writer = csv.DictWriter(text, header)
    writer.writeheader()
    writer.writerows(rows)
    (folder / name).write_bytes(text.getvalue().encode("gb18030"))
