# How lines of a budget came about, as a person would write it on paper.
how-units = { $driver } { $value } × peak { $peak } × events { $event } makes { $demand } of { $bottleneck }; one { $unit } carries { $limit } and is used to { $target } %: { $needed } needed, { $redundancy } spare, { $service } in service × { $price }{ $term } = { $amount }
how-term = { " " }({ $term })
how-purchases = depreciation of purchases that the plan makes (month × units: { $purchases }) = { $amount }
how-purchases-paid = purchases that arrive (month × units: { $purchases }), paid { $cash }; their depreciation is in other lines
how-assets = depreciation in this month of { $assets } assets of the register
how-assets-shared = share, by recent depreciation, of the depreciation of { $assets } assets that serve no single product
how-recurring = mean of { $months }: ({ $sum }) ÷ { $count }, growth { $growth } % = { $amount }
how-manual = entered by hand: { $note }
how-contract = contract { $contract } with { $vendor }: { $lines } ({ $currency }) = { $amount }
how-top-down = cap { $cap } − from below { $below } = { $gap }, of which this line takes { $amount }: { $note }
how-saving = planned saving { $measure }: { $note }
refused-no-such-line = version { $version } of { $year } has no such line of product '{ $product }': `headroom budget show --year { $year } --version { $version } --lines` lists them; products with lines: { $products }
budget-how = How
budget-behind = Assets behind it by today's register
budget-explained = Budget { $year } version { $version }: lines opened: { $lines }, { $total } { $currency }.
web-line-all-months = all months
web-line-about = Where it comes from, who answers for it
web-line-note = Holds for every month of the line; amounts stay as they are. What is left as it was is not changed.
web-line-several = Its parts come from several places (see the table); what is said here is said of all of them.
web-asset = Asset
web-provider = Provider
web-service-category = Service category
