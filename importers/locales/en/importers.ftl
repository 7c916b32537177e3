# Where something is.
line-row = { $file }, row { $row }: { $message }
line-cell = { $file }, row { $row }, column { $column }: { $message }

# Rows: what was found, and what would be accepted.
row-missing = the value is missing; this column must not be empty.
row-not-a-decimal = "{ $value }" is not a decimal number; write digits with an optional point, such as 1234.50, without currency signs.
row-comma-in-number = "{ $value }" holds a comma, which could mean two different amounts; write 1234.5 with a point and without thousands separators.
row-too-large = "{ $value }" is too large; at most 20 digits before the point are accepted, and sums must stay below that.
row-negative = "{ $value }" is below zero; only zero or more is accepted here.
row-not-positive = "{ $value }" is not above zero; only numbers above zero are accepted here.
row-not-a-number = "{ $value }" is not a number; write digits with an optional point, such as 12.5, or leave the cell empty for a missing sample.
row-not-a-count = "{ $value }" is not a whole number from 1 to { $most }.
row-not-a-date = "{ $value }" is not a date; write YYYY-MM-DD, YYYY/M/D or YYYY年M月D日.
row-no-such-day = "{ $value }" is a day that the calendar does not have; write an existing day as YYYY-MM-DD.
row-year-out-of-range = "{ $value }" lies in a year that cannot be meant; years from 1970 to 2199 are accepted.
row-not-a-time = "{ $value }" is not a time; write 2026-05-01T00:00:00Z or 2026-05-01 00:00:00.
row-not-utc = "{ $value }" is not in UTC, and another zone could move the amount into another month; write the time in UTC, such as 2026-05-01T00:00:00Z.
row-not-a-month = "{ $value }" is not a month; write YYYY-MM, YYYY/M, YYYYMM or YYYY年M月.
row-ends-before-start = "{ $value }" lies before the start of the period; the end must not be earlier than the start.
row-unknown-word = "{ $value }" is not known here; accepted are: { $accepted }.
row-not-a-currency = "{ $value }" is not a currency; write the ISO 4217 code, such as CNY or USD (CNY, not RMB).
row-unknown-product = the organization has no product "{ $value }"; its products are: { $known }.
row-no-products = the organization has no product "{ $value }"; no products are configured yet, apply an organization first or leave the cell empty.
row-unknown-module = product "{ $product }" has no module "{ $value }"; its modules are: { $known }.
row-no-modules = product "{ $product }" has no module "{ $value }"; it has no modules at all, leave the cell empty.
row-module-without-product = module "{ $value }" is given without a product; name the product as well.
row-other-month = the row belongs to { $found }, but this import is limited to { $expected }.
row-total-differs = the total is "{ $value }", but amount and tax add up to { $expected }; correct whichever of the three is wrong.
row-sum-differs = the line says that the rows above add up to { $found }, but they add up to { $expected }; correct the sum, or find the row that is missing or wrong.
row-residual-above-price = the residual value "{ $value }" is above the purchase price; it must lie between zero and the price.
row-repeated = "{ $value }" stands in row { $row } already; each may stand in one row only.
row-not-an-object = "{ $value }" is not a JSON object; write tags as {"{"}"key": "value"{"}"} or leave the cell empty.
row-not-a-list = "{ $value }" is not the JSON list that belongs here: labels are {"["}{"{"}"key": "a", "value": "b"{"}"}], credits {"["}{"{"}"name": "a", "amount": -1.5{"}"}].
row-wrong-width = the row has { $found } cells where the header has { $expected }; a cell that holds the delimiter must stand in quotes.

# Files.
file-corrupt-parquet = { $file }: the Parquet file is damaged, or holds a kind of column that is not read; export it again, or as CSV.
file-not-json = { $file }: line { $line } is not a JSON object; a file of JSON lines has one object in each line.
file-not-regular = { $file }: this is a folder, a pipe or a device; name a file.
file-empty = { $file }: the file is empty; a header and at least one row are needed.
file-header-only = { $file }: the file has a header but no rows.
file-mapping-does-not-fit = { $file }: the mapping does not fit; the sheet has no column { $lacking }. Found: { $found }. Guess the mapping anew, or correct and save it.
mapping-unknown-importer = The mapping names the importer "{ $found }"; there are: { $known }.
mapping-unknown-column = The mapping names the column "{ $found }", which the importer does not have; its columns are: { $known }.
mapping-missing = Column { $column } needs a column of the sheet (under [columns]) or a value for all rows (under [values]).
mapping-twice = Column { $column } has both a column of the sheet and a value for all rows; leave one.
file-unknown-header = { $file }: the header is not recognised. Found: { $found }.
considered = For each kind of file that is read, the header lacks these columns:
considered-importer = { $importer }: { $missing }
hint-billing-period = This is a FOCUS Billing Period dataset: it lists periods and whether they are open, not cost. Export the dataset "Cost and Usage" instead.
file-wrong-delimiter = { $file }: the columns are separated by "{ $found }"; accepted are comma, semicolon and tab.
file-repeated-column = { $file }: the header names the column "{ $column }" more than once, or in both languages; keep one of them.
file-truncated-gzip = { $file }: the gzip file ends too early; it was probably cut off while it was copied. Copy or download it again.
file-corrupt-gzip = { $file }: the gzip file is damaged. Copy or download it again.
file-corrupt-archive = { $file }: the zip file is damaged. Copy or download it again.
file-encrypted-archive = { $file }: the file is protected by a password. Save it without one.
file-corrupt-workbook = { $file }: the workbook is damaged. Open it in a spreadsheet program and save it again as XLSX, or as CSV.
file-unreadable-text = { $file }: line { $line } is not text in any encoding that is read; accepted are UTF-8, UTF-16 and GB18030 (GBK).
file-unclosed-quote = { $file }: a quoted cell that starts in the row at line { $line } never ends; add the closing quote, and write a quote inside a quoted cell twice.
file-line-too-long = { $file }: line { $line } is longer than { $limit }.
file-too-large = { $file }: the content is larger than { $limit } once it is decompressed. Split the file.
file-expands-too-much = { $file }: the content grows beyond { $limit } once it is decompressed, far more than a bill of this size does. Decompress the file yourself if you trust it.
file-unsupported-format = { $file }: { $format } files are not read; save the file as CSV or XLSX.
file-same-money = { $file }: this is the bill of { $other } once more, in finer lines; the amounts of both would be counted twice. Import one of them; imported one after the other, the later one takes the place of the earlier one.
file-view-unclear = { $file }: the import holds an actual and an amortized cost export of one month, and it cannot be told of which of them this file is a part. Import the actual files or the amortized files alone, or give each export as one file.
file-same-as = { $file }: the file holds the same bytes as { $other }; its amounts would count twice. Import it once.
file-cannot-read = { $file }: the file cannot be read ({ $reason }).

# Imports.
import-no-input = No file was given.
import-mixed = The files are of different kinds; import each kind on its own:
import-mixed-file = { $file }: { $importer }
import-sink = The imported rows could not be stored: { $reason }

# Findings and notes.
finding-price-times-quantity = { $file }, row { $row }: invoice { $invoice } of { $vendor } for { $month } bills { $found } { $currency }, but quantity × unit price is { $expected } { $currency }; the difference is { $difference } { $currency }.
note-depreciation-not-posted = { $charges } depreciation charges of the months { $first } to { $last } were not posted, because their months are closed or outside this import.
note-adjusted = Month { $original } is closed: its { $charges } charges are booked as adjustments of { $booked }; each says which month it is of.
note-sheets-not-read = { $file }: only the first sheet with a recognised header was read; not read: { $sheets }. Save each of them as a file of its own to import it.
note-sum-agrees = { $file }, row { $row }: a line with the sum of the rows above, { $amount }; it agrees with them and was not added.
note-actual-view-only = These are actual cost exports: purchases of reservations and savings plans count as billed, and the usage that they cover has no effective cost. To have both, import the actual and the amortized export of the month together in one import; imported alone, either replaces the other and nothing is counted twice.
note-amortized-view-only = These are amortized cost exports: usage that reservations and savings plans cover counts as effective cost, and their purchases are not billed here. To have both, import the actual and the amortized export of the month together in one import; imported alone, either replaces the other and nothing is counted twice.
note-amortized-bill-only = This is an amortized bill: it says which cost belongs to the month (EffectiveCost), not what was billed (BilledCost is 0). To have both, import the bill of the month and the amortized bill together in one import; imported alone, either takes the place of the other and nothing is counted twice.
note-both-bills = The bill of { $months } was given as billed and amortized: BilledCost is read from the bill, EffectiveCost and ListCost from the amortized bill. Nothing is counted twice.
note-both-views = Both views of the same bill were given for { $months }: BilledCost is read from the actual cost export, EffectiveCost and ListCost from the amortized one. Nothing is counted twice.
