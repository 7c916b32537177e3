sentence-1 = Where the year ends
sentence-2 = Why
sentence-3 = To decide

landing-over = The year is expected to end at { $landing } ({ $low } to { $high }), { $difference } above the budget of { $budget }; even the low end is above it.
landing-probably-over = The year is expected to end at { $landing } ({ $low } to { $high }), { $difference } above the budget of { $budget }; the low end stays inside it.
landing-on = The year is expected to end on its budget of { $budget } ({ $low } to { $high }).
landing-probably-under = The year is expected to end at { $landing } ({ $low } to { $high }), { $difference } below the budget of { $budget }; the high end is above it.
landing-under = The year is expected to end at { $landing } ({ $low } to { $high }), { $difference } below the budget of { $budget }; even the high end is below it.

why-over = The year to date is { $difference } over budget. The largest single cause is { $product }, { $cause }: { $amount }.
why-under = The year to date is { $difference } under budget. The largest single cause is { $product }, { $cause }: { $amount }.
why-over-company = The year to date is { $difference } over budget, mainly { $cause }: { $amount }.
why-under-company = The year to date is { $difference } under budget, mainly { $cause }: { $amount }.
why-over-unknown = The year to date is { $difference } over budget; no cause could be derived.
why-under-unknown = The year to date is { $difference } under budget; no cause could be derived.
why-even = The year to date is on budget.

cause-volume-up = business volume above plan
cause-volume-down = business volume below plan
cause-efficiency-up = more resources per unit of business than planned
cause-efficiency-down = fewer resources per unit of business than planned
cause-price-up = unit prices above plan
cause-price-down = unit prices below plan
cause-fx-up = exchange rates
cause-fx-down = exchange rates
cause-timing-up = cost that came earlier than planned
cause-timing-down = cost that has not come yet
cause-unplanned-up = spending that was not planned
cause-unplanned-down = credits that were not planned
cause-unused-up = budget that was not used
cause-unused-down = budget that was not used

decide-supplement = Decide on a supplement of { $amount } ({ $low } to { $high }) for { $product }.
decide-supplement-and-cut = Decide on a supplement of { $amount } ({ $low } to { $high }) for { $product }; a cut of { $cut_amount } for { $cut_product } can be set against it.
decide-cut = Decide on a cut of { $amount } ({ $low } to { $high }) for { $product }.
decide-none = No change of the budget is proposed.
decide-idle =
    { $count ->
        [one] Reclaiming one idle or oversized resource would save { $amount } a month.
       *[other] Reclaiming { $count } idle or oversized resources would save { $amount } a month.
    }
