-- A sending without a clear answer may still be on its way to the provider -----------------------------------

ALTER TABLE cash_out ADD COLUMN doubted_until timestamptz;          -- until then a refusal of the same id is not believed

-- Of what was taken back in part, more may be -----------------------------------------------------------------

DROP INDEX cash_out_watched;
CREATE INDEX cash_out_watched ON cash_out (watch_at) WHERE watch_at IS NOT NULL AND state IN ('paid', 'failed', 'reversed');
