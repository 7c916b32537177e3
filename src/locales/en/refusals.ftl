# What use cases and the store refuse: what was found, and the way out with its command.
refused-currency-code = '{ $currency }' is not a currency code of ISO 4217: write CNY, USD, EUR …
refused-fiscal-start = the fiscal year starts in month { $month }: write 1 to 12
refused-no-such-month = no such month: write YYYY-MM
refused-not-a-month = '{ $text }' is not a month: write YYYY-MM, or YYYY-MM..YYYY-MM for a range
refused-nothing-applied = no organization and rules are applied yet: `headroom apply PATH`
refused-same-name = two of the files are called { $name }: a document is known by its file name; rename one of them
refused-folder = { $path }: { $reason }
refused-no-toml = { $path } has no file that ends in .toml: `headroom apply PATH` takes such files, or a folder of them
refused-not-there = { $path } is not there: `headroom apply PATH` takes .toml files, or a folder of them
refused-no-configuration-version = there is no configuration version { $version }: each `headroom apply` that changes something makes the next, from 1 on
refused-source-name = a source's name has 1 to 100 bytes and no control characters: give another with --source NAME
refused-replaced-before = these bytes were imported as batch { $batch }, which { $newer } has replaced: `headroom imports undo { $newer }` brings { $batch } back
refused-part-of-batch = { $name } is part of batch { $batch } already, together with other files: importing it again would count it twice; leave it out, or undo { $batch } first: `headroom imports undo { $batch }`
refused-register-month = an asset register is imported whole: leave out --month (depreciation of closed months stays as it is)
refused-lacks-assets = source '{ $source }' has assets in batch { $batches } that these files do not hold: { $shown }{ $more }. Add to them with --append, take their place with --replace, or name another --source
refused-lacks-invoices = source '{ $source }' has invoices in batch { $batches } that these files do not hold: { $shown }{ $more }. Add to them with --append, take their place with --replace, or name another --source
refused-and-more = {" "}and { $count } more
refused-no-batch = there is no batch '{ $batch }': `headroom imports list` shows them
refused-undone-already = batch { $batch } is undone already: `headroom import FILE` brings its rows back
refused-replaced-part = batch { $newer } has replaced part of batch { $batch }: undo { $newer } first: `headroom imports undo { $newer }`
refused-undo-closed = undoing batch { $batch } would change closed months ({ $months }): reopen them first with `headroom reopen MONTH --reason TEXT`
refused-control-currencies = the files hold several currencies ({ $currencies }), which have no common total: import them one by one, or without --control-total
refused-no-rate = no exchange rate for { $currency } in { $month }: import one with `headroom fx import FILE` (template: `headroom template fx`)
refused-stale = { $month } is not allocated as the books stand (its bills, rules, rates or metrics have changed): run `headroom allocate --month { $month }` first
refused-no-bills-in-range = { $range } has no bills to allocate: bills are there for { $billed }
refused-only-depreciation = there is depreciation but no bill yet: `headroom import FILE`
refused-no-charges = the ledger has no charges yet: `headroom import FILE`
refused-nothing-allocated = nothing is allocated yet: run `headroom allocate`
refused-nothing-allocated-then = nothing is allocated in these months yet: run `headroom allocate`
refused-month-not-allocated = { $month } is not allocated yet: run `headroom allocate --month { $month }`
refused-later-than-last = { $month } is not allocated yet: the last month is { $last }; name that one, or run `headroom allocate --month { $month }` once its bills are imported
refused-ledger-changed = the ledger of { $month } has changed since it was allocated: run `headroom allocate --month { $month }` first
refused-no-cost-of-product = '{ $product }' has no cost in { $month }: products are { $known } and { $unallocated }
refused-dimension = cannot show cost by '{ $name }': choose from { $known }
refused-export-empty = { $months } has no charges to export: import bills with `headroom import FILE`, or name other months
refused-export-differs = the allocated export of { $month } is not written, because it would not be the books: { $reason }. Allocate the month again (reopen it if it is closed), or report a defect
refused-export-failed = the export could not be written: { $reason }
refused-closed-already = { $month } is closed already: to change it, `headroom reopen { $month } --reason TEXT`
refused-nothing-to-close = { $month } has no charges: nothing to close; import its bills first with `headroom import FILE`
refused-close-stale = { $month } is not allocated as it stands: run `headroom allocate --month { $month }` first
refused-reopen-reason = reopening a month needs a reason: `headroom reopen MONTH --reason TEXT`
refused-not-closed = { $month } is not closed: nothing to reopen
refused-budget-empty = the budget of { $year } has no line; import or apply what is missing, then `headroom budget derive --year { $year }`:{"\u000A"}{ $problems }
refused-no-budget = there is no budget for { $year }: `headroom budget derive --year { $year }`
refused-no-budget-version = there is no budget version { $version } for { $year }: `headroom budget show --year { $year }` shows the one in force, `headroom budget derive --year { $year }` makes a new one
refused-no-idle-policy = there is no idle policy '{ $id }': known are { $known }
refused-no-utilization = no utilization is imported: `headroom import FILE` (template: `headroom template utilization`)
refused-not-utilization = { $name } is a file of '{ $importer }', not of utilization (template: `headroom template utilization`)
refused-bad-samples = { $line } ({ $more } more)
refused-demo-rejected = { $path } was not imported: { $rejected } rows rejected

# Configuration that was refused; the problems follow, one a line.
configuration-problems = The configuration is not in order; nothing was changed:

# Rows that could not be kept.
import-not-stored = The imported rows could not be stored: { $reason }

# What models refuse.
allocation-ledger = the ledger could not be read: { $reason }
allocation-not-conserved = allocation of { $month } does not add up for source '{ $source }' in { $currency }: { $what } is { $ledger } in the ledger and { $allocated } allocated
allocation-no-rate = no exchange rate from { $currency } to the reporting currency for { $month }: import one with `headroom fx import FILE` (template: `headroom template fx`)
allocation-no-shares = pool '{ $pool }' holds cost in { $month }, but its table of shares starts in { $starts }: add an entry for { $month } or an earlier month, then `headroom apply PATH`
idle-column = utilization: column { $column } is missing or is not { $wanted }
idle-policy-conditions = idle_policy { $id }: conditions is empty; every resource would be idle
idle-policy-window = idle_policy { $id }: window_days = { $found }; it must be from 1 to 400
idle-policy-coverage = idle_policy { $id }: minimum_coverage = { $found }; it must be above 0 and at most 1
idle-policy-threshold = idle_policy { $id }: the bound of { $metric } is { $found }; give either below (above zero) or at_most (zero or more)
idle-engine = utilization could not be aggregated: { $reason }
report-failed = { $reason }

# What could not be planned.
problem-model = { $reason }
problem-no-driver = { $module } { $month }: no value of { $driver }; the module is not planned in that month
problem-no-price = { $module } { $month }: no price of unit "{ $unit }" holds; its cost is not in the plan of that month
problem-no-rate = { $module } { $month }: no rate from { $currency }; the cost of unit "{ $unit }" is not in the plan of that month
problem-too-many = { $module } { $month }: the plan asks for more than { $most } units; check work and limit
problem-no-asset-rate = asset { $asset }: no rate from { $currency } for { $month }; its depreciation is not in the plan
problem-more = and { $count } more
problem-no-actuals = no actual cost in the three months up to { $month }; nothing is budgeted from recurring cost

# The data directory.
store-not-a-data-directory = '{ $path }' is not a Headroom data directory: make one with `headroom init`, or name yours with --data
store-already-there = '{ $path }' is a Headroom data directory already: go on working in it, or name a new one with --data
store-not-empty = '{ $path }' is not empty: name a new or an empty directory with --data
store-file = { $what }: { $reason }
store-database = state database: { $reason }
store-frame = ledger file: { $reason }
step-staging-file = staging a file
step-writing-file = writing a file
step-reading-staged-file = reading a staged file
step-making-staging-folder = making the staging folder
step-clearing-staging-folder = clearing the staging folder
step-looking-for-left-overs = looking for left-overs
step-removing-left-over = removing a left-over
step-looking-for-files = looking for files
step-making-folder = making a folder
step-reading-back = reading a file back
step-putting-in-place = putting a file in place
step-writing-folder = writing a folder
step-starting-runtime = starting the runtime

# `headroom check`: names of checks, and what fails.
check-name-files = files have the bytes they were committed with
check-name-left-overs = no file without a batch
check-name-batches = batches add up to their recorded totals
check-name-counted-once = no invoice and no asset is counted in two sources
check-name-configuration = the configuration holds together
check-name-allocations = what products are charged equals the ledger
check-name-budgets = budget lines add up to their versions
check-bytes-changed = { $path }: its bytes have changed
check-file-unreadable = { $path }: { $reason }
check-left-over = { $path }: belongs to no batch (left by an interrupted import, or put there by hand)
check-cannot-be-read = { $path }: cannot be read: { $reason }
check-rows-differ = { $path }: has { $rows } rows, { $recorded } are on record
check-totals-differ = batch { $batch } in { $currency }: files hold billed { $billed }, effective { $effective }, list { $list }; on record are { $recorded }
check-counted-twice = { $month }: { $id } of { $issuer } counts in each of the sources { $sources }
check-problem = { $problem }
check-ledger-changed = { $month }: the ledger has changed since it was allocated: run `headroom allocate --month { $month }`
check-month-unreadable = { $month }: { $reason }
check-product-unknown = { $month }: product '{ $product }' is charged and no organization file names it
check-allocated-differs = { $month } { $source } { $currency }: ledger { $ledger } and allocated { $allocated } differ
check-proof-differs = { $month } { $source } { $currency }: the recorded proof does not match the ledger
check-budget-unreadable = budget { $year } version { $version }: { $reason }
check-budget-differs = budget { $year } version { $version }: lines add up to { $total }, { $recorded } is on record
check-budget-outside = budget { $year } version { $version }: a line lies in { $month }, outside the fiscal year
check-budgets-approved = { $year } has { $count } approved budgets

# Progress bar.
progress-rows = { $rows } rows
refused-mapping-toml = The mapping is not TOML of the right shape: { $reason }
refused-mapping = The mapping cannot be saved or used:
    { $problems }
refused-mapping-name = A mapping's name must have 1 to 100 characters, none of them a control character.
refused-no-mapping = There is no mapping "{ $name }"; saved are: { $known }. Guess one with: headroom mapping guess FILE
