# 机房合同与账单核对。
contract = 合同
contract-vendor = 供应商
contract-charge = 费用类型
contract-resource = 资源
contract-quantity = 数量
contract-metered = 按量
contract-price = 单价
contract-start = 起
contract-end = 止
contract-notice = 最晚通知日
contract-invoice = 账单
contract-difference-kind = 不符之处
contract-due = 应计
contract-billed = 已计
contract-kind-price = 单价
contract-kind-quantity = 数量
contract-kind-amount = 金额
contract-kind-tax = 税额
contract-kind-currency = 币种
contract-kind-not-invoiced = 合同有，账单无
contract-kind-no-contract = 账单有，合同无
contract-kind-outside-term = 合同期外计费
contract-kind-not-measured = 按量计费但无测量
contract-checked = { $month }：有效合同行 { $lines } 条，核对账单行 { $invoiced } 条，不符 { $differences } 处。
contract-overcharged = { $currency }：应计 { $due }，已计 { $billed }；差异合计 { $overcharged }（大于零表示多收）。
refused-no-contracts = 没有合同记录：请先导入合同（列见 `headroom template contract`）

# 尚未到达的账单。
accrual-basis = 依据
accrual-basis-contract = 合同
accrual-basis-last-month = 上月
accrual-stands = 有效
accrual-replaced = 已由批次 { $batch } 替换
accrual-taken-back = 已由批次 { $batch } 在 { $month } 冲回
accrual-note = 预提：{ $month } 为 { $source } 预提 { $amount } { $currency }（批次 { $batch }），账单尚未到达
accrue-nothing = 无需预提：上月有账单的来源均已有 { $month } 的账单。
accrue-done = { $month } 的预提已列出；均在 x_Estimate 中标明，账单导入时自动冲回。
refused-accrue-closed = { $month } 已关账：未到的账单应在关账前预提
refused-accrue-there = { $source } 已有 { $month } 的账单（批次 { $batch }），无需预提
refused-accrue-nothing = 没有可供预提 { $source } { $month } 账单的依据：其供应商在该月没有有效合同行，上月也没有费用
refused-accrue-contract = 无法按合同预提：{ $reason }

# 迟到的费用。
import-taken-back = 批次 { $batch } 的 { $month }（权责口径 { $was }）在 { $booked } 冲回：该月已关账，保持不变。

# Prometheus。
progress-windows = 第 { $done } / { $all } 个时间窗，{ $rows } 个采样
prometheus-done = 共 { $resources } 个资源的 { $rows } 个采样，{ $windows } 个时间窗；另有 { $skipped } 个时间窗此前已导入。
refused-prometheus-file = { $name } 不是可读的查询文件：{ $reason }。请写 [[query]] 表，含 metric、query 和 resource（见 docs/guide/sources/prometheus.md）
refused-prometheus-metric = 查询文件中的“{ $metric }”不是利用率的列；可用的有：{ $known }
refused-prometheus-times = 结束时间必须晚于开始时间，步长应在 1 秒到 1 天之间
refused-prometheus-url = { $url } 不是 Prometheus 服务器地址：请写 http://主机:端口
refused-prometheus-answer = Prometheus 服务器未能回答对 { $metric } 的查询：{ $reason }
refused-prometheus-label = 查询 { $metric }：有序列缺少标签“{ $label }”，无法判断其资源；该序列的标签有：{ $labels }
refused-prometheus-twice = 查询 { $metric }：有两个序列属于资源“{ $resource }”；请在查询中聚合，或用别的标签区分

# 发票与账本核对。
invoice-issuer = 开票方
invoice-invoiced = 发票金额
invoices-checked = { $month }：发票 { $count } 张，与账本不符 { $different } 张。
commitment-id = 承诺
commitment-kind = 类型
commitment-cost = 期内金额
commitment-unit = 单位
refused-no-invoice-details = 没有 { $month } 的发票明细：请先导入 FOCUS 的 Invoice Detail 数据集
