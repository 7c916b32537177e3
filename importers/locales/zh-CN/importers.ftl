# 位置。
line-row = { $file } 第 { $row } 行：{ $message }
line-cell = { $file } 第 { $row } 行“{ $column }”列：{ $message }

# 行：发现了什么，可以接受什么。
row-missing = 缺少值；此列不能为空。
row-not-a-decimal = “{ $value }”不是十进制数；请只写数字和可选的小数点，例如 1234.50，不要写货币符号。
row-comma-in-number = “{ $value }”含有逗号，可能表示两个不同的金额；请写成 1234.5，用小数点，不用千位分隔符。
row-too-large = “{ $value }”过大；小数点前最多 20 位数字，合计也不能超过。
row-negative = “{ $value }”小于零；此处只接受零或正数。
row-not-positive = “{ $value }”不大于零；此处只接受大于零的数。
row-not-a-number = “{ $value }”不是数字；请写数字和可选的小数点，例如 12.5；缺少采样时请留空。
row-not-a-count = “{ $value }”不是 1 到 { $most } 之间的整数。
row-not-a-date = “{ $value }”不是日期；请写成 YYYY-MM-DD、YYYY/M/D 或 YYYY年M月D日。
row-no-such-day = “{ $value }”在日历上不存在；请按 YYYY-MM-DD 写一个存在的日期。
row-year-out-of-range = “{ $value }”的年份不合理；接受 1970 年到 2199 年。
row-not-a-time = “{ $value }”不是时间；请写成 2026-05-01T00:00:00Z 或 2026-05-01 00:00:00。
row-not-utc = “{ $value }”不是 UTC 时间，其他时区可能使金额落入别的月份；请用 UTC 书写，例如 2026-05-01T00:00:00Z。
row-not-a-month = “{ $value }”不是月份；请写成 YYYY-MM、YYYY/M、YYYYMM 或 YYYY年M月。
row-ends-before-start = “{ $value }”早于周期的开始；结束不能早于开始。
row-unknown-word = 此处不认识“{ $value }”；可以填写：{ $accepted }。
row-not-a-currency = “{ $value }”不是币种；请写 ISO 4217 代码，例如 CNY 或 USD（人民币写 CNY，不写 RMB）。
row-unknown-product = 组织中没有产品“{ $value }”；已有产品：{ $known }。
row-no-products = 组织中没有产品“{ $value }”；尚未配置任何产品，请先应用组织配置，或将此格留空。
row-unknown-module = 产品“{ $product }”没有模块“{ $value }”；已有模块：{ $known }。
row-no-modules = 产品“{ $product }”没有模块“{ $value }”；该产品没有任何模块，请将此格留空。
row-module-without-product = 填写了模块“{ $value }”，但没有填写产品；请同时填写产品。
row-other-month = 此行属于 { $found }，但本次导入仅限 { $expected }。
row-total-differs = 价税合计为“{ $value }”，但金额加税额为 { $expected }；请更正三者中有误的一个。
row-sum-differs = 合计行写的是 { $found }，而上面各行之和是 { $expected }；请更正合计，或找出缺失或有误的行。
row-residual-above-price = 残值“{ $value }”高于原值；残值应在零与原值之间。
row-repeated = “{ $value }”已在第 { $row } 行出现；每个值只能出现在一行。
row-not-an-object = “{ $value }”不是 JSON 对象；标签请写成 {"{"}"键": "值"{"}"}，或留空。
row-not-a-list = “{ $value }”不是此处应有的 JSON 列表：标签为 {"["}{"{"}"key": "a", "value": "b"{"}"}]，抵扣为 {"["}{"{"}"name": "a", "amount": -1.5{"}"}]。
row-wrong-width = 此行有 { $found } 个单元格，而表头有 { $expected } 个；含有分隔符的单元格必须加引号。

# 文件。
file-corrupt-parquet = { $file }：Parquet 文件已损坏，或含有无法读取的列类型；请重新导出，或导出为 CSV。
file-not-json = { $file }：第 { $line } 行不是 JSON 对象；JSON Lines 文件每行一个对象。
file-not-regular = { $file }：这是文件夹、管道或设备；请指定文件。
file-empty = { $file }：文件为空；需要表头和至少一行数据。
file-header-only = { $file }：文件只有表头，没有数据行。
file-mapping-does-not-fit = { $file }：列映射不适用；表中没有列 { $lacking }。表中有：{ $found }。请重新猜测映射，或更正后保存。
mapping-unknown-importer = 映射指定的导入器“{ $found }”不存在；可用的有：{ $known }。
mapping-unknown-column = 映射中的列“{ $found }”不是该导入器的列；它的列有：{ $known }。
mapping-missing = 列 { $column } 需要表中的一列（写在 [columns] 下），或适用于所有行的值（写在 [values] 下）。
mapping-twice = 列 { $column } 既有表中的列又有固定值；请只留一个。
file-unknown-header = { $file }：无法识别表头。找到的列：{ $found }。
considered = 各类可读文件所缺的列：
considered-importer = { $importer }：{ $missing }
hint-billing-period = 这是 FOCUS 账期（Billing Period）数据集：列出的是账期及其状态，不是费用。请改为导出“Cost and Usage”数据集。
file-wrong-delimiter = { $file }：各列以“{ $found }”分隔；可接受逗号、分号和制表符。
file-repeated-column = { $file }：表头中列“{ $column }”出现多次，或中英文同时出现；请只保留一个。
file-truncated-gzip = { $file }：gzip 文件提前结束，可能在复制时被截断。请重新复制或下载。
file-corrupt-gzip = { $file }：gzip 文件已损坏。请重新复制或下载。
file-corrupt-archive = { $file }：zip 文件已损坏。请重新复制或下载。
file-encrypted-archive = { $file }：文件受密码保护。请保存为不带密码的文件。
file-corrupt-workbook = { $file }：工作簿已损坏。请用电子表格软件打开后重新保存为 XLSX 或 CSV。
file-unreadable-text = { $file }：第 { $line } 行不是可识别编码的文本；可接受 UTF-8、UTF-16 和 GB18030（GBK）。
file-unclosed-quote = { $file }：从第 { $line } 行开始的一行中，带引号的单元格没有结束；请补上引号，引号内的引号要写两次。
file-line-too-long = { $file }：第 { $line } 行超过 { $limit }。
file-too-large = { $file }：解压后的内容超过 { $limit }。请拆分文件。
file-expands-too-much = { $file }：解压后的内容超过 { $limit }，远超这种大小的账单。如果信任该文件，请自行解压后再导入。
file-unsupported-format = { $file }：不能读取 { $format } 文件；请保存为 CSV 或 XLSX。
file-same-money = { $file }：这与 { $other } 是同一份账单，只是明细更细；两者一起导入会重复计算金额。请只导入其中一个；先后导入时，后者替换前者。
file-view-unclear = { $file }：本次导入同时含有同一月份的实际费用与摊销费用导出，无法判断此文件属于其中哪一个。请只导入实际费用文件或只导入摊销费用文件，或将每种导出合并为一个文件。
file-same-as = { $file }：文件内容与 { $other } 完全相同，金额会重复计算。请只导入一次。
file-cannot-read = { $file }：无法读取文件（{ $reason }）。

# 导入。
import-no-input = 没有给出文件。
import-mixed = 这些文件不是同一类；请分别导入：
import-mixed-file = { $file }：{ $importer }
import-sink = 导入的数据无法保存：{ $reason }

# 发现与说明。
finding-price-times-quantity = { $file } 第 { $row } 行：{ $vendor } 的账单 { $invoice }（{ $month }）计费 { $found } { $currency }，但数量 × 单价为 { $expected } { $currency }；相差 { $difference } { $currency }。
note-depreciation-not-posted = { $first } 至 { $last } 的 { $charges } 笔折旧没有入账，因为这些月份已关账或不在本次导入范围内。
note-adjusted = { $original } 已关账：其 { $charges } 笔费用作为调整记入 { $booked }，每笔都注明原月份。
note-sheets-not-read = { $file }：只读取了第一个可识别表头的工作表；未读取：{ $sheets }。如需导入，请将其分别另存为文件。
note-sum-agrees = { $file } 第 { $row } 行：上面各行的合计 { $amount }；核对一致，未计入金额。
note-actual-view-only = 这些是实际费用（actual）导出：预留和节省计划的购买计入账单费用，其覆盖的用量没有摊销费用。如需两者兼有，请在一次导入中同时给出该月的实际费用与摊销费用导出；单独导入时后者替换前者，不会重复计算。
note-amortized-view-only = 这些是摊销费用（amortized）导出：预留和节省计划覆盖的用量计入摊销费用，其购买不计入账单费用。如需两者兼有，请在一次导入中同时给出该月的实际费用与摊销费用导出；单独导入时后者替换前者，不会重复计算。
note-amortized-bill-only = 这是摊销账单：它说明费用归属于哪个月（EffectiveCost），不是账单金额（BilledCost 为 0）。如需两者兼有，请在一次导入中同时给出该月的账单和摊销账单；单独导入时后者替换前者，不会重复计算。
note-both-bills = { $months } 同时给出了账单与摊销账单：BilledCost 取自账单，EffectiveCost 和 ListCost 取自摊销账单，不会重复计算。
note-both-views = { $months } 同时给出了同一账单的两种视图：BilledCost 取自实际费用导出，EffectiveCost 和 ListCost 取自摊销费用导出，不会重复计算。
