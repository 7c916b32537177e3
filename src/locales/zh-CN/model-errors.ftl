# 容量模型的错误；取值为错误的字段。
model-error = { $sentence }
model-error-unknown-unit = 容量模型 { $product }/{ $module }：没有 [[unit]] 定义资源单元“{ $unit }”
model-error-no-price = 容量模型 { $product }/{ $module }：资源单元“{ $unit }”没有 [[price]]
model-error-no-work = 容量模型 { $product }/{ $module }：work 为空，至少给出一种资源的单位消耗
model-error-bad-work = 容量模型 { $product }/{ $module }：work.{ $resource } = { $found }，必须是零或正数
model-error-no-limit = 容量模型 { $product }/{ $module }：work 中有 { $resource }，但缺少 limit.{ $resource }
model-error-bad-limit = 容量模型 { $product }/{ $module }：limit.{ $resource } = { $found }，必须是大于零的数
model-error-no-target = 容量模型 { $product }/{ $module }：work 中有 { $resource }，但缺少 target_utilization.{ $resource }
model-error-bad-target = 容量模型 { $product }/{ $module }：target_utilization.{ $resource } = { $found }，必须大于 0 且不超过 1
model-error-bad-peak-factor = 容量模型 { $product }/{ $module }：peak_factor = { $found }，必须是大于零的数
model-error-no-test = 容量模型 { $product }/{ $module }：没有满足 load_test 条件的 { $resource } 压测记录，也没有 limit.{ $resource }；请导入压测或写明上限
model-error-bad-term = 容量模型 { $product }/{ $module }：{ $key } = { $found }；{ $wanted }
model-error-no-driver = 容量模型 { $product }/{ $module }：没有业务指标，也没有模块调用它；请指定业务指标或调用方
model-error-unknown-call = 容量模型 { $product }/{ $module }：调用“{ $to }”，但没有 [[capacity]] 或 [[external]] 描述它
model-error-fed-twice = 容量模型 { $product }/{ $module }：调用 { $to }，而它已有自己的业务指标，两者只留其一
model-error-cycle = 容量模型：调用成环：{ $path }；这些模块都无法规划
model-error-bad-external = 外部服务 { $external }：{ $key } = { $found }，必须是大于零的数
model-error-bad-facility = [facility]：{ $key } = { $found }，必须是大于零的数
model-error-bad-offer = 报价 { $unit } { $term }（{ $valid_from } 起）：{ $key } = { $found }；{ $wanted }
model-error-events-overlap = 活动“{ $event }”与“{ $other }”在 { $month } 影响同一产品，系数相乘为 { $factor }
model-error-bad-lot = 容量模型 { $product }/{ $module }：lot = 0；采购批量至少为 1
model-error-inventory-twice = 容量模型 { $product }/{ $module }：inventory 中 { $month } 出现两次
model-error-price-of-unknown-unit = 价格 { $unit }（{ $valid_from } 起）：没有 [[unit]] 定义资源单元“{ $unit }”
model-error-negative-price = 价格 { $unit }（{ $valid_from } 起）：{ $key } = { $found }，不能为负
model-error-no-life = 价格 { $unit }（{ $valid_from } 起）：缺少 useful_life_months 或为零；采购按它折旧
model-error-bad-residual = 价格 { $unit }（{ $valid_from } 起）：residual_percent = { $found }，必须在 0 到 100 之间
model-error-not-for-rent = 价格 { $unit }（{ $valid_from } 起）：{ $key } 只用于采购，而该单元为租用
model-error-unit-twice = 资源单元“{ $unit }”定义了两次
model-error-price-twice = 价格 { $unit }（{ $valid_from } 起）给出了两次
model-error-bad-event-factor = 活动“{ $event }”：factor = { $found }，必须是大于零的数
wanted-fewer-zones-may-be-lost-than-there-are = 允许失效的可用区须少于总数
wanted-units-run-in-multiples-of-at-least-1 = 步长至少为 1
wanted-it-must-be-at-least-1-and-at-least-the-minimum = 至少为 1，且不小于最小数量
wanted-it-is-derived-already-leave-it-out-of-work = 它已由推导得出，请从 work 中去掉
wanted-it-must-be-zero-or-more = 必须是零或正数
wanted-it-must-be-from-0-to-1 = 必须在 0 到 1 之间
wanted-it-must-be-above-0-and-at-most-1 = 必须大于 0 且不超过 1
wanted-it-must-be-above-zero = 必须大于零
wanted-leave-it-out-for-data-that-never-expires = 数据永不过期时请不要写
wanted-give-either-wait-probability-above-0-at-most-1-or-latency-ms-at-least-service-ms-with-slo-below-1 = 请给出 wait_probability（大于 0、不超过 1），或 latency_ms（不小于 service_ms）并配小于 1 的 slo
wanted-name-one-of-them = 请只写其中一个
wanted-known-are-driver-event-factor-peak-factor-work-r-limit-r-and-target-utilization-r-of-the-model-low-stated-value-high = 可用的键：模型的 driver、event_factor、peak_factor、work.R、limit.R、target_utilization.R，且 low ≤ 标明值 ≤ high
wanted-it-must-not-be-negative = 不能为负
wanted-it-must-be-the-id-of-a-unit = 必须是某个 [[unit]] 的 id
wanted-amounts-must-not-be-negative = 金额不能为负
wanted-quantities-begin-at-1 = 数量从 1 开始
wanted-a-purchase-is-depreciated-over-it = 采购按它折旧
