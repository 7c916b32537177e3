# 资源从哪里来。
dimension-resource-mode = 资源模式
dimension-provider = 供应商
dimension-service-category = 服务类别
resource-mode-idc = 托管
resource-mode-hosting = 托管服务
resource-mode-cloud = 云
resource-mode-owned = 自建
not-stated = （未注明）
budget-book-modes = 按资源模式
budget-book-providers = 按供应商
budget-book-services = 按服务类别
section-execution-by = 逐级执行情况
budget-compare-unchanged = 没有差异的产品
