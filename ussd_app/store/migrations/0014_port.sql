-- No hold ends by a clock: only a provider's clear word, or whoever opened a pay-out session, gives it back -----

ALTER TABLE transfer DROP COLUMN expires_at;

-- What an officer must look at: also a wallet in another name, and more coming back than was ever paid -----------

ALTER TABLE cash_out_finding DROP CONSTRAINT cash_out_finding_kind_check;
ALTER TABLE cash_out_finding ADD CONSTRAINT cash_out_finding_kind_check
    CHECK (kind IN ('guessing', 'late_success', 'reversed', 'more_back_than_paid', 'name_mismatch'));
COMMENT ON COLUMN person.holder_name IS 'As a provider calls the holder of the account: kept for the check before a release.';
CREATE UNIQUE INDEX cash_out_finding_more_back ON cash_out_finding (cash_out_id) WHERE kind = 'more_back_than_paid';
CREATE INDEX provider_callback_of ON provider_callback (cash_out_id, received_at);

-- A statement's reversal may name only the payment that it takes back --------------------------------------------

ALTER TABLE statement_line ADD COLUMN original_reference text NOT NULL DEFAULT '';
CREATE INDEX statement_line_read ON statement_line USING brin (read_at);
CREATE INDEX statement_line_original ON statement_line (provider, original_reference) WHERE original_reference <> '';
DROP VIEW statement_entry;
CREATE VIEW statement_entry AS
    SELECT l.*, coalesce(a.id, n.id, s.cash_out_id, r.id, p.id, o.id) AS cash_out_id,
           coalesce(a.id, n.id, s.cash_out_id, r.id, p.id, o.id, l.attempt_id,
                    md5('bam:line:' || l.provider || ':' || l.line_key)::uuid) AS journal_id,
           (coalesce(a.id, n.id, s.cash_out_id) <> r.id OR coalesce(a.id, n.id, s.cash_out_id) <> p.id
            OR r.id <> p.id OR coalesce(a.id, n.id, s.cash_out_id, r.id, p.id) <> o.id) IS TRUE AS mixed
    FROM statement_line l
    LEFT JOIN cash_out a ON a.id = l.attempt_id
    LEFT JOIN cash_out n ON n.attempt_id = l.attempt_id
    LEFT JOIN spent_attempt s ON s.attempt_id = l.attempt_id
    LEFT JOIN cash_out r ON r.reference = l.reference AND r.provider = l.provider AND l.reference <> ''
    LEFT JOIN cash_out p ON p.provider_reference = l.provider_reference AND p.provider = l.provider
                         AND l.provider_reference <> ''
    LEFT JOIN cash_out o ON o.provider_reference = l.original_reference AND o.provider = l.provider
                         AND l.original_reference <> '';
