# Anomalies of use, notices of findings, what plans leave open.
anomaly-allocated-product = product, allocated
mean-of-day = Mean of a day
cost-of-days = Cost of these days
samples-behind = Samples
measure = Measure
notice = Notice
sent = Sent
notice-title = Headroom: { $count } notices of idle resources
notice-line = { $finding } { $occasion }: { $resource } (product { $product }, owner { $owner }) is { $verdict }, { $amount } a month; due { $day }.
forecast-events-meet = events { $event } and { $other } meet from { $start } to { $end }: there { $other } counts
