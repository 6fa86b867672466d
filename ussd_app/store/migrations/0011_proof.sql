-- A sending without a clear answer may still be on its way to the provider -----------------------------------

ALTER TABLE cash_out ADD COLUMN doubted_until timestamptz;          -- until then a refusal of the same id is not believed
