# Where the resources behind budget lines come from.
comes-from = Comes from
resource-mode-idc = Colocation
resource-mode-hosting = Managed hosting
resource-mode-cloud = Cloud
resource-mode-owned = Own
budget-sheet-written = { $lines } rows of version { $version } of { $year } ({ $total } { $currency }) in { $file }; edit and take them back with: headroom budget set --year { $year } --input { $file }
