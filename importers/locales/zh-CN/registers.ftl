# 资产与预付合同台账。
row-no-expected-units = 工作量法需要预计总工作量（大于零）；请填写在该资产自身那一行的“工作量”列。
row-improvement-order = { $month } 的改良早于可行的首月 { $first }，或晚于资产退役；请更正其日期。
row-unknown-asset = 文件中没有“{ $value }”的购置行；请补上该资产自身的一行（事项留空），或更正编号。
note-caught-up = 这些资产与合同在已关账月份少记的金额，以 { $charges } 笔费用补记在 { $month }；已关账的月份保持不变。
