-- Where the resources of a budget line come from: colocation, hosting, cloud or own; who bills them; kind of service.
-- Lines written before have nothing here and are never rewritten: an approved version stays what it was. What their derivation
-- says (the vendor of a contract) is read from there; everything else shows as not stated.
ALTER TABLE budget_lines ADD COLUMN resource_mode TEXT;
ALTER TABLE budget_lines ADD COLUMN provider TEXT;
ALTER TABLE budget_lines ADD COLUMN service_category TEXT;
