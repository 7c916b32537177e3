sentence-1 = 年末落点
sentence-2 = 主要原因
sentence-3 = 需要决策

landing-over = 预计年末落点 { $landing }（区间 { $low } 至 { $high }），比全年预算 { $budget } 高 { $difference }，即使取区间下限也会超支。
landing-probably-over = 预计年末落点 { $landing }（区间 { $low } 至 { $high }），比全年预算 { $budget } 高 { $difference }，区间下限仍在预算之内。
landing-on = 预计年末落点与全年预算 { $budget } 持平（区间 { $low } 至 { $high }）。
landing-probably-under = 预计年末落点 { $landing }（区间 { $low } 至 { $high }），比全年预算 { $budget } 低 { $difference }，区间上限高于预算。
landing-under = 预计年末落点 { $landing }（区间 { $low } 至 { $high }），比全年预算 { $budget } 低 { $difference }，即使取区间上限也在预算之内。

why-over = 累计超预算 { $difference }，最大的单项原因是{ $product }{ $cause }，影响 { $amount }。
why-under = 累计低于预算 { $difference }，最大的单项原因是{ $product }{ $cause }，影响 { $amount }。
why-over-company = 累计超预算 { $difference }，主要原因是{ $cause }，影响 { $amount }。
why-under-company = 累计低于预算 { $difference }，主要原因是{ $cause }，影响 { $amount }。
why-over-unknown = 累计超预算 { $difference }，未能推导出原因。
why-under-unknown = 累计低于预算 { $difference }，未能推导出原因。
why-even = 累计实际与预算一致。

cause-volume-up = 业务量高于计划
cause-volume-down = 业务量低于计划
cause-efficiency-up = 单位业务量占用资源高于计划
cause-efficiency-down = 单位业务量占用资源低于计划
cause-price-up = 单价高于计划
cause-price-down = 单价低于计划
cause-fx-up = 汇率变动
cause-fx-down = 汇率变动
cause-timing-up = 费用早于计划发生
cause-timing-down = 费用尚未发生
cause-unplanned-up = 计划外支出
cause-unplanned-down = 计划外冲减
cause-unused-up = 预算未使用
cause-unused-down = 预算未使用

decide-supplement = 建议为{ $product }追加预算 { $amount }（区间 { $low } 至 { $high }）。
decide-supplement-and-cut = 建议为{ $product }追加预算 { $amount }（区间 { $low } 至 { $high }），可由{ $cut_product }调减 { $cut_amount } 抵补一部分。
decide-cut = 建议将{ $product }预算调减 { $amount }（区间 { $low } 至 { $high }）。
decide-none = 没有预算调整建议。
decide-idle = 回收 { $count } 项闲置或过剩资源，每月可节省 { $amount }。
