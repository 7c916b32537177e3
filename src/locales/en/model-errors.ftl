# What is wrong with a capacity model; the values are the fields of the error.
model-error = { $sentence }
model-error-unknown-unit = capacity { $product }/{ $module }: unit "{ $unit }" is not defined by any [[unit]]
model-error-no-price = capacity { $product }/{ $module }: unit "{ $unit }" has no [[price]]
model-error-no-work = capacity { $product }/{ $module }: work is empty; give the work of at least one resource per driver unit
model-error-bad-work = capacity { $product }/{ $module }: work.{ $resource } = { $found }; it must be a number of zero or more
model-error-no-limit = capacity { $product }/{ $module }: work names { $resource } but limit.{ $resource } is missing
model-error-bad-limit = capacity { $product }/{ $module }: limit.{ $resource } = { $found }; it must be a number above zero
model-error-no-target = capacity { $product }/{ $module }: work names { $resource } but target_utilization.{ $resource } is missing
model-error-bad-target = capacity { $product }/{ $module }: target_utilization.{ $resource } = { $found }; it must be above 0 and at most 1
model-error-bad-peak-factor = capacity { $product }/{ $module }: peak_factor = { $found }; it must be a number above zero
model-error-no-test = capacity { $product }/{ $module }: no load test of { $resource } on record meets the terms of load_test, and limit.{ $resource } is missing; import a load test or state the limit
model-error-bad-term = capacity { $product }/{ $module }: { $key } = { $found }; { $wanted }
model-error-no-driver = capacity { $product }/{ $module }: no driver, and no other module calls it; name a business metric or a caller
model-error-unknown-call = capacity { $product }/{ $module }: calls "{ $to }", which no [[capacity]] or [[external]] describes
model-error-fed-twice = capacity { $product }/{ $module }: calls { $to }, which has a driver of its own; leave out one of them
model-error-cycle = capacity: calls go in a circle: { $path }; none of these modules can be planned
model-error-bad-external = external service { $external }: { $key } = { $found }; it must be a number above zero
model-error-bad-facility = [facility]: { $key } = { $found }; it must be a number above zero
model-error-bad-offer = offer { $unit } { $term } from { $valid_from }: { $key } = { $found }; { $wanted }
model-error-events-overlap = event { $event } and event { $other } both touch { $month } for the same product; their factors multiply to { $factor }
model-error-bad-lot = capacity { $product }/{ $module }: lot = 0; units are bought in multiples of at least 1
model-error-inventory-twice = capacity { $product }/{ $module }: inventory states { $month } twice
model-error-price-of-unknown-unit = price { $unit } from { $valid_from }: unit "{ $unit }" is not defined by any [[unit]]
model-error-negative-price = price { $unit } from { $valid_from }: { $key } = { $found }; it must not be negative
model-error-no-life = price { $unit } from { $valid_from }: useful_life_months is missing or zero; a purchase is depreciated over it
model-error-bad-residual = price { $unit } from { $valid_from }: residual_percent = { $found }; it must be from 0 to 100
model-error-not-for-rent = price { $unit } from { $valid_from }: { $key } is for purchases, but the unit is rented
model-error-unit-twice = unit "{ $unit }" is defined twice
model-error-price-twice = price { $unit } from { $valid_from } is given twice
model-error-bad-event-factor = event { $event }: factor = { $found }; it must be a number above zero
wanted-fewer-zones-may-be-lost-than-there-are = fewer zones may be lost than there are
wanted-units-run-in-multiples-of-at-least-1 = units run in multiples of at least 1
wanted-it-must-be-at-least-1-and-at-least-the-minimum = it must be at least 1 and at least the minimum
wanted-it-is-derived-already-leave-it-out-of-work = it is derived already; leave it out of work
wanted-it-must-be-zero-or-more = it must be zero or more
wanted-it-must-be-from-0-to-1 = it must be from 0 to 1
wanted-it-must-be-above-0-and-at-most-1 = it must be above 0 and at most 1
wanted-it-must-be-above-zero = it must be above zero
wanted-leave-it-out-for-data-that-never-expires = leave it out for data that never expires
wanted-give-either-wait-probability-above-0-at-most-1-or-latency-ms-at-least-service-ms-with-slo-below-1 = give either wait_probability (above 0, at most 1) or latency_ms (at least service_ms) with slo below 1
wanted-name-one-of-them = name one of them
wanted-known-are-driver-event-factor-peak-factor-work-r-limit-r-and-target-utilization-r-of-the-model-low-stated-value-high = known are driver, event_factor, peak_factor, work.R, limit.R and target_utilization.R of the model, low ≤ stated value ≤ high
wanted-it-must-not-be-negative = it must not be negative
wanted-it-must-be-the-id-of-a-unit = it must be the id of a [[unit]]
wanted-amounts-must-not-be-negative = amounts must not be negative
wanted-quantities-begin-at-1 = quantities begin at 1
wanted-a-purchase-is-depreciated-over-it = a purchase is depreciated over it
