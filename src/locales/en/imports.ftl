# Contracts of data centres and the invoices checked against them.
contract = Contract
contract-vendor = Vendor
contract-charge = Charge
contract-resource = Resource
contract-quantity = Quantity
contract-metered = metered
contract-price = Unit price
contract-start = From
contract-end = To
contract-notice = Notice by
contract-invoice = Invoice
contract-difference-kind = What differs
contract-due = Due
contract-billed = Billed
contract-kind-price = unit price
contract-kind-quantity = quantity
contract-kind-amount = amount
contract-kind-tax = tax
contract-kind-currency = currency
contract-kind-not-invoiced = agreed, not billed
contract-kind-no-contract = billed, no contract
contract-kind-outside-term = billed outside the term
contract-kind-not-measured = billed by measurement, not measured
contract-checked = { $month }: { $lines } contract lines hold, { $invoiced } invoice lines looked at, { $differences } differences.
contract-overcharged = { $currency }: due { $due }, billed { $billed }; the differences come to { $overcharged } (above zero: billed too much).
refused-no-contracts = no contracts are on record: import them first (`headroom template contract` shows the columns)

# Bills that have not come.
accrual-basis = Rests on
accrual-basis-contract = contract
accrual-basis-last-month = month before
accrual-stands = stands
accrual-replaced = replaced by batch { $batch }
accrual-taken-back = taken back in { $month } by batch { $batch }
accrual-note = estimate: { $month } has { $amount } { $currency } accrued for { $source } (batch { $batch }); its bill has not come
accrue-nothing = Nothing to estimate: every source of the month before has its bill of { $month }.
accrue-done = Estimates of { $month }; each is marked in x_Estimate and reversed when its bill is imported.
refused-accrue-closed = { $month } is closed: a bill that has not come is estimated before the month is closed
refused-accrue-there = { $source } has its bill of { $month } already (batch { $batch }): nothing to estimate
refused-accrue-nothing = nothing is known that an estimate of { $source } for { $month } could rest on: no contract line of its vendor holds then, and it has no charges in the month before
refused-accrue-contract = the estimate could not be made of the contract: { $reason }

# Late charges.
import-taken-back = { $month } of batch { $batch } ({ $was } on accrual basis) is taken back in { $booked }: its month is closed and stays as it is.

# Prometheus.
progress-windows = { $done } of { $all } windows, { $rows } samples
prometheus-done = { $rows } samples of { $resources } resources in { $windows } windows; { $skipped } windows were there already.
refused-prometheus-file = { $name } cannot be read as a query file: { $reason }. Write [[query]] tables with metric, query and resource (see docs/guide/sources/prometheus.md)
refused-prometheus-metric = the query file asks for "{ $metric }", which is no column of utilization; there are: { $known }
refused-prometheus-times = the end must be later than the start, and the step between 1 second and 1 day
refused-prometheus-url = { $url } is not an address of a Prometheus server: write http://HOST:PORT
refused-prometheus-answer = the Prometheus server did not answer the query for { $metric }: { $reason }
refused-prometheus-label = query { $metric }: a series has no label "{ $label }" to tell its resource by; its labels are: { $labels }
refused-prometheus-twice = query { $metric }: two series are of the resource "{ $resource }"; aggregate them in the query, or tell them apart by another label

# Invoices held against the ledger.
invoice-issuer = Issuer
invoice-invoiced = Invoiced
invoices-checked = { $month }: { $count } invoices, { $different } differ from the ledger.
commitment-id = Commitment
commitment-kind = Kind
commitment-cost = Cost of the term
commitment-unit = Unit
refused-no-invoice-details = no invoice details of { $month } are on record: import the FOCUS dataset Invoice Detail first
