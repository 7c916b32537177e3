# The books: rollups, assets, closing, unit cost, the work queue of unallocated cost.

check-rollup-differs = { $path }: the sums kept with its rollup are not those of its charges; undo the batch and import it again

# Assets.
refused-no-assets = no asset register and no prepaid contracts are imported; write one with `headroom template asset` or `headroom template prepaid`
refused-no-asset = no asset or prepaid contract has the number "{ $asset }"; `headroom assets schedule --json` lists them
refused-asset-schedule = the schedule of { $asset } cannot be worked out: { $reason }
schedule-title = { $asset } { $name }: { $method }, cost { $cost }, residual { $residual } { $currency }
schedule-disposal = Left service in { $month }: book value { $book }, brought { $proceeds }, loss { $loss }
asset-count = Assets
book-opening = Opening
book-improvement = Improvements
book-depreciation = Depreciation
book-disposed = Disposed
book-closing = Closing
asset-holder = Holder
asset-shared = shared
method-straight-line = straight line
method-double-declining = double declining balance
method-sum-of-years = sum of the years' digits
method-units-of-production = units of production

# Closing.
refused-close-checklist = { $month } cannot be closed yet:
    { $items }
    What is open may be accepted with --accept REASON; sums that do not tie out may not.
refused-accept-reason = --accept needs the reason in words
closing-sources-missing = bills are missing of: { $sources }
closing-sources-silent = billed the month before and not this one: { $sources }
closing-no-accruals = no estimate stands for a bill
closing-accruals = estimates stand for bills that have not come; when they come, the difference is booked in the first open month: { $estimates }
closing-sources-in = all expected bills are in ({ $count } sources)
closing-nothing-left-out = no rows were left out
closing-rows-left-out = rows were left out of: { $batches }; `headroom imports rejects BATCH` lists them
closing-not-allocated = { $month } is not allocated: run `headroom allocate --month { $month }`
closing-stale = ledger, rules, rates or metrics changed since { $month } was allocated: run `headroom allocate --month { $month }`
closing-differs = run { $run } does not tie out in one of { $sums } sums
closing-ties-out = ledger and allocated cost tie out to the last digit (run { $run }, { $sums } sums)
closing-no-rate = a rate to the reporting currency is missing for { $currencies } in { $month }
closing-unallocated = unallocated: { $amount } { $currency }, { $percent } %
closing-unallocated-of = unallocated: { $amount } { $currency }, { $percent } % (at most { $most } %)
month-closing = { $month } is being closed; it still takes charges until `headroom close { $month }`.
month-state = State
month-state-open = open
month-state-closing = closing
month-state-closed = closed
month-since = Since
month-by = By
month-reason = Reason

# Unit costs.
refused-no-metric = no business metric "{ $metric }" is on record; there are: { $known }
refused-no-unit-costs = no allocated month has values of "{ $metric }" for these products
unit-cost = Cost
unit-units = Units
unit-mean = Daily mean
unit-per-unit = Cost per unit
unit-per-mean = Cost per daily unit

# The work queue of unallocated cost.
queue-title = { $month }: no rule takes { $charges } charges, { $amount } { $currency }; the rules below would take { $suggested }.
queue-issuer = Issuer
queue-service = Service
queue-account = Account
queue-charges = Charges
queue-takes = takes { $amount } { $currency } of { $charges } charges
queue-tag-names-products = the values of tag { $subject } are products
queue-column-names-products = the texts of { $subject } are products
queue-word-in-text = "{ $text }" in { $subject } has the product { $product } in it
queue-neighbours = other charges with { $subject } "{ $text }" go to { $product }
queue-no-suggestion = Nothing in these charges tells whose they are: ask the owners of the accounts, and write rules or tags.
