# 用量异常、闲置通知、规划未能说明的部分。
anomaly-allocated-product = 产品（分摊后）
mean-of-day = 日均
cost-of-days = 这些天的成本
samples-behind = 采样
measure = 指标
notice = 通知
sent = 发送
notice-title = Headroom：{ $count } 条闲置资源通知
notice-line = { $finding } { $occasion }：{ $resource }（产品 { $product }，负责人 { $owner }）{ $verdict }，每月 { $amount }；期限 { $day }。
forecast-events-meet = 活动“{ $event }”与“{ $other }”在 { $start } 至 { $end } 重叠，该时段以“{ $other }”为准
