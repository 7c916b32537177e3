# 用例与存储拒绝执行时的说明：发现了什么，以及如何处理（附命令）。
refused-currency-code = “{ $currency }”不是 ISO 4217 币种代码：请写 CNY、USD、EUR 等
refused-fiscal-start = 财年起始月为 { $month }：请填写 1 至 12
refused-no-such-month = 没有这个月份：请写 YYYY-MM
refused-not-a-month = “{ $text }”不是月份：请写 YYYY-MM，区间写 YYYY-MM..YYYY-MM
refused-nothing-applied = 尚未应用组织架构与分摊规则：请执行 `headroom apply PATH`
refused-same-name = 有两个文件都叫 { $name }：配置文件以文件名区分，请将其中一个改名
refused-folder = { $path }：{ $reason }
refused-no-toml = { $path } 中没有以 .toml 结尾的文件：`headroom apply PATH` 接受 .toml 文件或其所在目录
refused-not-there = { $path } 不存在：`headroom apply PATH` 接受 .toml 文件或其所在目录
refused-no-configuration-version = 没有配置版本 { $version }：版本从 1 起，`headroom apply` 每次有改动时递增
refused-source-name = 来源名称须为 1 至 100 字节，且不含控制字符：请用 --source NAME 另行指定
refused-replaced-before = 相同内容已作为批次 { $batch } 导入，后被 { $newer } 取代：执行 `headroom imports undo { $newer }` 可恢复 { $batch }
refused-part-of-batch = { $name } 已与其他文件一起作为批次 { $batch } 导入，再次导入会重复入账：请去掉该文件，或先执行 `headroom imports undo { $batch }` 撤销该批次
refused-register-month = 资产台账须整本导入：请去掉 --month（已关账月份的折旧保持不变）
refused-lacks-assets = 来源“{ $source }”在批次 { $batches } 中的以下资产不在本次文件中：{ $shown }{ $more }。追加请用 --append，整体替换请用 --replace，或用 --source 另起来源名
refused-lacks-invoices = 来源“{ $source }”在批次 { $batches } 中的以下账单不在本次文件中：{ $shown }{ $more }。追加请用 --append，整体替换请用 --replace，或用 --source 另起来源名
refused-and-more = ，另有 { $count } 项
refused-no-batch = 没有批次“{ $batch }”：执行 `headroom imports list` 查看全部批次
refused-undone-already = 批次 { $batch } 此前已撤销：如需恢复，请用 `headroom import FILE` 重新导入
refused-replaced-part = 批次 { $batch } 的部分数据已被批次 { $newer } 取代：请先执行 `headroom imports undo { $newer }` 撤销 { $newer }
refused-undo-closed = 撤销批次 { $batch } 会改动已关账月份（{ $months }）：请先用 `headroom reopen MONTH --reason TEXT` 反关账
refused-control-currencies = 文件含多个币种（{ $currencies }），无法合计：请逐个导入，或去掉 --control-total
refused-no-rate = 缺少 { $currency } 在 { $month } 的汇率：请用 `headroom fx import FILE` 导入（模板：`headroom template fx`）
refused-stale = { $month } 的分摊结果已过期（账单、规则、汇率或业务指标有变动）：请先执行 `headroom allocate --month { $month }`
refused-no-bills-in-range = { $range } 没有可分摊的账单：现有账单月份为 { $billed }
refused-only-depreciation = 目前只有折旧，尚无账单：请执行 `headroom import FILE`
refused-no-charges = 账本中尚无费用：请执行 `headroom import FILE`
refused-nothing-allocated = 尚未分摊：请执行 `headroom allocate`
refused-nothing-allocated-then = 所选月份尚未分摊：请执行 `headroom allocate`
refused-month-not-allocated = { $month } 尚未分摊：请执行 `headroom allocate --month { $month }`
refused-later-than-last = { $month } 尚未分摊：已分摊的最后月份为 { $last }；请改用该月，或导入账单后执行 `headroom allocate --month { $month }`
refused-ledger-changed = { $month } 的账本在分摊之后有变动：请先执行 `headroom allocate --month { $month }`
refused-no-cost-of-product = “{ $product }”在 { $month } 没有成本：可选产品为 { $known } 及 { $unallocated }（未分摊）
refused-dimension = 不能按“{ $name }”查看成本：可选维度为 { $known }
refused-export-empty = { $months } 没有可导出的费用：请用 `headroom import FILE` 导入账单，或改选月份
refused-export-differs = { $month } 的分摊后导出未写入，因为与账本不符：{ $reason }。请重新分摊该月（已关账的先重新打开），仍不符请报告缺陷
refused-export-failed = 导出文件写入失败：{ $reason }
refused-closed-already = { $month } 此前已关账：如需更改，请用 `headroom reopen { $month } --reason TEXT` 反关账
refused-nothing-to-close = { $month } 没有费用，无需关账：如有账单，请先用 `headroom import FILE` 导入
refused-close-stale = { $month } 尚未按当前账本分摊：请先执行 `headroom allocate --month { $month }`
refused-reopen-reason = 反关账须写明原因：`headroom reopen MONTH --reason TEXT`
refused-not-closed = { $month } 尚未关账，无需反关账
refused-budget-empty = { $year } 年预算没有任何明细：请导入或应用以下缺少的内容，再执行 `headroom budget derive --year { $year }`{"\u000A"}{ $problems }
refused-no-budget = { $year } 年没有预算：请执行 `headroom budget derive --year { $year }`
refused-no-budget-version = { $year } 年没有第 { $version } 版预算：`headroom budget show --year { $year }` 查看现行版本，`headroom budget derive --year { $year }` 推导新版本
refused-no-idle-policy = 没有闲置策略“{ $id }”：现有 { $known }
refused-no-utilization = 尚未导入利用率：请执行 `headroom import FILE`（模板：`headroom template utilization`）
refused-not-utilization = { $name } 的格式是“{ $importer }”，不是利用率文件（模板：`headroom template utilization`）
refused-bad-samples = { $line }（另有 { $more } 个问题）
refused-demo-rejected = { $path } 未导入：{ $rejected } 行被拒绝

# 被拒绝的配置；问题逐行列在其后。
configuration-problems = 配置有误，未做任何改动（以下为具体位置与原因）：

# 数据无法保存。
import-not-stored = 导入的数据无法保存：{ $reason }

# 模型拒绝执行。
allocation-ledger = 账本无法读取：{ $reason }
allocation-not-conserved = { $month } 来源“{ $source }”{ $currency } 的分摊不平：{ $what } 账本为 { $ledger }，分摊为 { $allocated }
allocation-no-rate = 缺少 { $currency } 在 { $month } 折算为报表币种的汇率：请用 `headroom fx import FILE` 导入（模板：`headroom template fx`）
allocation-no-shares = 公共池“{ $pool }”在 { $month } 有成本，但比例表从 { $starts } 才开始：请补充 { $month } 或更早月份的比例，再执行 `headroom apply PATH`
idle-column = 利用率：缺少列 { $column }，或其类型不是 { $wanted }
idle-policy-conditions = idle_policy { $id }：conditions 为空，所有资源都会被判为闲置
idle-policy-window = idle_policy { $id }：window_days = { $found }，须为 1 至 400
idle-policy-coverage = idle_policy { $id }：minimum_coverage = { $found }，须大于 0 且不超过 1
idle-policy-threshold = idle_policy { $id }：{ $metric } 的界限为 { $found }；below（大于 0）和 at_most（不小于 0）只能二选一
idle-engine = 利用率汇总失败：{ $reason }
report-failed = 报告生成失败：{ $reason }

# 无法推导的部分。
problem-model = 容量模型有误：{ $reason }
problem-no-driver = { $module } { $month }：缺少业务指标 { $driver }，该模块当月未列入计划
problem-no-price = { $module } { $month }：资源单元“{ $unit }”没有有效价格，其成本未计入当月计划
problem-no-rate = { $module } { $month }：缺少 { $currency } 的汇率，资源单元“{ $unit }”的成本未计入当月计划
problem-too-many = { $module } { $month }：计划数量超过 { $most } 个，请检查 work 与 limit
problem-no-asset-rate = 资产 { $asset }：缺少 { $currency } 在 { $month } 的汇率，其折旧未计入计划
problem-more = 另有 { $count } 项
problem-no-actuals = 截至 { $month } 的三个月没有实际成本，经常性费用未列入预算

# 数据目录。
store-not-a-data-directory = “{ $path }”不是 Headroom 数据目录：请用 `headroom init` 新建，或用 --data 指定已有目录
store-already-there = “{ $path }”已经是 Headroom 数据目录：可直接使用，或用 --data 指定新目录
store-not-empty = “{ $path }”不是空目录：请用 --data 指定新目录或空目录
store-file = { $what }：{ $reason }
store-database = 状态数据库：{ $reason }
store-frame = 账本文件：{ $reason }
step-staging-file = 暂存文件
step-writing-file = 写入文件
step-reading-staged-file = 读取暂存文件
step-making-staging-folder = 建立暂存目录
step-clearing-staging-folder = 清理暂存目录
step-looking-for-left-overs = 查找残留文件
step-removing-left-over = 删除残留文件
step-looking-for-files = 查找文件
step-making-folder = 建立目录
step-reading-back = 回读文件
step-putting-in-place = 文件就位
step-writing-folder = 写入目录
step-starting-runtime = 启动运行时

# `headroom check`：检查项名称与不符之处。
check-name-files = 文件内容与提交时一致
check-name-left-overs = 没有不属于任何批次的文件
check-name-batches = 各批次明细与入账合计相符
check-name-counted-once = 没有账单或资产在两个来源中重复入账
check-name-configuration = 配置前后一致
check-name-allocations = 各产品分摊合计与账本相等
check-name-budgets = 预算明细与版本合计相符
check-bytes-changed = { $path }：文件内容已被改动
check-file-unreadable = { $path }：{ $reason }
check-left-over = { $path }：不属于任何批次（导入中断的残留，或手工放入）
check-cannot-be-read = { $path }：无法读取：{ $reason }
check-rows-differ = { $path }：实有 { $rows } 行，在案 { $recorded } 行
check-totals-differ = 批次 { $batch }（{ $currency }）：文件中应付 { $billed }、权责成本 { $effective }、原价 { $list }；在案依次为 { $recorded }
check-counted-twice = { $month }：{ $issuer } 的 { $id } 在以下来源中重复入账：{ $sources }
check-problem = { $problem }
check-ledger-changed = { $month }：账本在分摊之后有变动：请执行 `headroom allocate --month { $month }`
check-month-unreadable = { $month }：{ $reason }
check-product-unknown = { $month }：产品“{ $product }”已分摊成本，但组织架构中没有该产品
check-allocated-differs = { $month } { $source } { $currency }：账本 { $ledger } 与已分摊 { $allocated } 不符
check-proof-differs = { $month } { $source } { $currency }：在案的平衡证明与账本不符
check-budget-unreadable = { $year } 年预算第 { $version } 版：{ $reason }
check-budget-differs = { $year } 年预算第 { $version } 版：明细合计 { $total }，在案 { $recorded }
check-budget-outside = { $year } 年预算第 { $version } 版：有明细落在 { $month }，不在该财年内
check-budgets-approved = { $year } 年有 { $count } 版已批准的预算

# 进度条。
progress-rows = { $rows } 行
refused-mapping-toml = 映射不是格式正确的 TOML：{ $reason }
refused-mapping = 映射无法保存或使用：
    { $problems }
refused-mapping-name = 映射名称须为 1 至 100 个字符，且不含控制字符。
refused-no-mapping = 没有名为“{ $name }”的映射；已保存的有：{ $known }。可用 headroom mapping guess 文件 来猜测。
