# Where resources come from.
dimension-resource-mode = Resource mode
dimension-provider = Provider
dimension-service-category = Service category
resource-mode-idc = Colocation
resource-mode-hosting = Managed hosting
resource-mode-cloud = Cloud
resource-mode-owned = Own
not-stated = (not stated)
budget-book-modes = By resource mode
budget-book-providers = By provider
budget-book-services = By service category
section-execution-by = Execution, level by level
budget-compare-unchanged = Products without a difference
