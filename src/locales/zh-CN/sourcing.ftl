# 预算行的资源从哪里来。
comes-from = 来源
resource-mode-idc = 托管
resource-mode-hosting = 托管服务
resource-mode-cloud = 云
resource-mode-owned = 自建
budget-sheet-written = 已将 { $year } 年第 { $version } 版的 { $lines } 行（{ $total } { $currency }）写入 { $file }；修改后可导回：headroom budget set --year { $year } --input { $file }
