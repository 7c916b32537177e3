# 预算行的推导过程，可用计算器逐步核对。
how-units = { $driver } { $value } × 峰值系数 { $peak } × 活动系数 { $event }，需要 { $bottleneck } { $demand }；单台 { $unit } 可承载 { $limit }，按 { $target } % 使用：需 { $needed } 台，冗余 { $redundancy } 台，在用 { $service } × { $price }{ $term } = { $amount }
how-term = （{ $term }）
how-purchases = 规划采购的折旧（月份 × 数量：{ $purchases }）= { $amount }
how-purchases-paid = 到货采购（月份 × 数量：{ $purchases }），付款 { $cash }；折旧列在其他行
how-assets = 资产台账中 { $assets } 项资产当月折旧
how-assets-shared = { $assets } 项公用资产的折旧，按近期折旧分摊到本行
how-recurring = { $months } 的平均：（{ $sum }）÷ { $count }，增长 { $growth } % = { $amount }
how-manual = 手工录入：{ $note }
how-contract = 合同 { $contract }（{ $vendor }）：{ $lines }（{ $currency }）= { $amount }
how-top-down = 上限 { $cap } − 自下而上 { $below } = { $gap }，本行承担 { $amount }：{ $note }
how-saving = 计划节省 { $measure }：{ $note }
refused-no-such-line = { $year } 年第 { $version } 版没有产品 '{ $product }' 的此类预算行：用 `headroom budget show --year { $year } --version { $version } --lines` 查看全部；有预算行的产品：{ $products }
budget-how = 推导
budget-behind = 对应资产（按现有台账）
budget-explained = { $year } 年预算第 { $version } 版：展开 { $lines } 行，共 { $total } { $currency }。
web-line-all-months = 全部月份
web-line-about = 资源来源与负责人
web-line-note = 对本行所有月份生效，金额不变；未改动的内容保持原样。
web-line-several = 本行来自多个来源（见上表）；此处填写后将统一适用于全部。
web-asset = 资产
web-provider = 供应商
web-service-category = 服务类别
