# 账务：汇总、资产、关账、单位成本、未分摊清单。

check-rollup-differs = { $path }：随汇总保存的合计与费用明细不符；请撤销该批次后重新导入

# 资产。
refused-no-assets = 尚未导入资产台账或预付合同；可用 `headroom template asset` 或 `headroom template prepaid` 生成模板
refused-no-asset = 没有编号为“{ $asset }”的资产或预付合同；`headroom assets schedule --json` 可列出全部
refused-asset-schedule = 无法计算 { $asset } 的折旧表：{ $reason }
schedule-title = { $asset } { $name }：{ $method }，原值 { $cost }，残值 { $residual } { $currency }
schedule-disposal = { $month } 退役：账面净值 { $book }，处置收入 { $proceeds }，损失 { $loss }
asset-count = 资产数
book-opening = 期初净值
book-improvement = 改良
book-depreciation = 折旧
book-disposed = 处置
book-closing = 期末净值
asset-holder = 承担方
asset-shared = 公共
method-straight-line = 直线法
method-double-declining = 双倍余额递减法
method-sum-of-years = 年数总和法
method-units-of-production = 工作量法

# 关账。
refused-close-checklist = { $month } 暂不能关账：
    { $items }
    未完成的事项可用 --accept 原因 予以认可；合计不符则不可。
refused-accept-reason = --accept 须以文字说明原因
closing-sources-missing = 以下来源的账单未到：{ $sources }
closing-sources-silent = 上月有账单而本月没有：{ $sources }
closing-no-accruals = 没有以预提代替的账单
closing-accruals = 以下账单未到，按预提入账；账单到后，差额记入第一个未关账月份：{ $estimates }
closing-sources-in = 应到账单已全部到齐（{ $count } 个来源）
closing-nothing-left-out = 没有被剔除的行
closing-rows-left-out = 以下批次有被剔除的行：{ $batches }；可用 `headroom imports rejects BATCH` 查看
closing-not-allocated = { $month } 尚未分摊：请运行 `headroom allocate --month { $month }`
closing-stale = { $month } 分摊后账目、规则、汇率或指标有变：请运行 `headroom allocate --month { $month }`
closing-differs = 第 { $run } 次运行的 { $sums } 项合计中有不符
closing-ties-out = 账目与分摊结果逐位相符（第 { $run } 次运行，{ $sums } 项合计）
closing-no-rate = { $month } 缺少 { $currencies } 到报告币种的汇率
closing-unallocated = 未分摊：{ $amount } { $currency }，占 { $percent } %
closing-unallocated-of = 未分摊：{ $amount } { $currency }，占 { $percent } %（上限 { $most } %）
month-closing = { $month } 正在关账；运行 `headroom close { $month }` 之前仍可入账。
month-state = 状态
month-state-open = 开放
month-state-closing = 关账中
month-state-closed = 已关账
month-since = 起始
month-by = 操作人
month-reason = 原因

# 单位成本。
refused-no-metric = 没有名为“{ $metric }”的业务指标；现有：{ $known }
refused-no-unit-costs = 这些产品在已分摊的月份中没有“{ $metric }”的数值
unit-cost = 成本
unit-units = 数量
unit-mean = 日均
unit-per-unit = 单位成本
unit-per-mean = 日均单位成本

# 未分摊清单。
queue-title = { $month }：没有规则承接的费用 { $charges } 笔，{ $amount } { $currency }；以下规则可承接 { $suggested }。
queue-issuer = 开票方
queue-service = 服务
queue-account = 账号
queue-charges = 笔数
queue-takes = 可承接 { $charges } 笔，{ $amount } { $currency }
queue-tag-names-products = 标签 { $subject } 的值是产品
queue-column-names-products = { $subject } 的值是产品
queue-word-in-text = { $subject } 的“{ $text }”含产品名 { $product }
queue-neighbours = { $subject } 为“{ $text }”的其他费用归 { $product }
queue-no-suggestion = 这些费用看不出归属：请询问账号负责人，再补规则或标签。
