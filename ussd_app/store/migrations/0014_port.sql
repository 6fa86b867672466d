-- No hold ends by a clock: only a provider's clear word, or whoever opened a pay-out session, gives it back -----

ALTER TABLE transfer DROP COLUMN expires_at;
