# Registers of assets and of contracts paid in advance.
row-no-expected-units = units of production need the units that the asset is expected to do in its life, above zero; write them into the column units of the asset's own row.
row-improvement-order = the improvement of { $month } lies before { $first }, the first month in which it could be, or after the asset left service; correct its date.
row-unknown-asset = no row of the files is the purchase of "{ $value }"; add the asset's own row (with an empty event), or correct the number.
note-caught-up = { $charges } charges in { $month } make up for what closed months lack of these assets and contracts; the closed months stay as they are.
