-- Who wrote a limit or a fee, and when: rows are only added, and of one day the newest counts -----------------

ALTER TABLE provider_limit DROP CONSTRAINT provider_limit_pkey;
ALTER TABLE provider_limit ADD COLUMN id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY;
ALTER TABLE provider_limit ADD COLUMN set_by integer REFERENCES officer;                -- empty: decreed, with the release
ALTER TABLE provider_limit ADD COLUMN set_at timestamptz;
ALTER TABLE provider_limit ADD CONSTRAINT provider_limit_signed CHECK ((set_by IS NULL) = (set_at IS NULL));
CREATE INDEX provider_limit_from ON provider_limit (provider, valid_from, id);
CREATE TRIGGER provider_limit_append_only BEFORE UPDATE OR DELETE ON provider_limit
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

ALTER TABLE provider_fee DROP CONSTRAINT provider_fee_pkey;
ALTER TABLE provider_fee ADD COLUMN id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY;
ALTER TABLE provider_fee ADD COLUMN set_by integer REFERENCES officer;
ALTER TABLE provider_fee ADD COLUMN set_at timestamptz;
ALTER TABLE provider_fee ADD CONSTRAINT provider_fee_signed CHECK ((set_by IS NULL) = (set_at IS NULL));
CREATE INDEX provider_fee_from ON provider_fee (provider, valid_from, id);
CREATE TRIGGER provider_fee_append_only BEFORE UPDATE OR DELETE ON provider_fee
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

-- A fee that its owner does not pay is charged to the programme, as it stood when the money was asked for ------

ALTER TABLE cash_out ADD COLUMN fee_carried bigint NOT NULL DEFAULT 0 CHECK (fee_carried >= 0);
ALTER TABLE cash_out ADD CONSTRAINT cash_out_fee_has_one_payer CHECK (fee = 0 OR fee_carried = 0);

-- What two officers do together: more kinds, refused as well as agreed to, and every transfer it wrote ---------

ALTER TABLE adjustment DROP CONSTRAINT adjustment_kind_check;
ALTER TABLE adjustment ADD CONSTRAINT adjustment_kind_check CHECK (kind IN
    ('return_unclaimed', 'claim_again', 'correct', 'carry_suspense', 'carry_by_person', 'carry_by_provider', 'send_again'));
ALTER TABLE adjustment ADD COLUMN refused_by integer REFERENCES officer;
ALTER TABLE adjustment ADD COLUMN refused_at timestamptz;
ALTER TABLE adjustment ADD COLUMN refused_because text CHECK (refused_because <> '');
ALTER TABLE adjustment ADD CONSTRAINT adjustment_refused_in_words CHECK
    ((refused_by IS NULL) = (refused_at IS NULL) AND (refused_by IS NULL) = (refused_because IS NULL));
ALTER TABLE adjustment_line ADD COLUMN entry_id uuid REFERENCES transfer;               -- the entry that is taken back
CREATE INDEX adjustment_line_open ON adjustment_line (adjustment_id) WHERE done_at IS NULL;

CREATE TABLE adjustment_transfer (
    transfer_id  uuid PRIMARY KEY REFERENCES transfer,
    key          uuid NOT NULL REFERENCES adjustment_line
);
INSERT INTO adjustment_transfer SELECT t.id, l.key FROM adjustment_line l JOIN transfer t ON t.id = l.key;
CREATE TRIGGER adjustment_transfer_fixed BEFORE UPDATE OR DELETE ON adjustment_transfer
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

CREATE OR REPLACE FUNCTION check_adjustment_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.kind, NEW.reason, NEW.asked_by) IS DISTINCT FROM (OLD.kind, OLD.reason, OLD.asked_by)
       OR (OLD.agreed_by IS NOT NULL AND NEW.agreed_by IS DISTINCT FROM OLD.agreed_by)
       OR OLD.refused_by IS NOT NULL THEN
        RAISE EXCEPTION 'what was asked, agreed or refused stays written down' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE FUNCTION check_line_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.key, NEW.adjustment_id, NEW.account_code, NEW.journal_id, NEW.entry_id, NEW.amount)
       IS DISTINCT FROM (OLD.key, OLD.adjustment_id, OLD.account_code, OLD.journal_id, OLD.entry_id, OLD.amount)
       OR OLD.done_at IS NOT NULL
       OR NOT EXISTS (SELECT FROM adjustment WHERE id = NEW.adjustment_id
                      AND agreed_by IS NOT NULL AND refused_by IS NULL) THEN
        RAISE EXCEPTION 'a line is done once, and only when two officers agree' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;

-- What came back by mistake can go again: what has come back of a transfer is counted without what went again ----

CREATE OR REPLACE FUNCTION check_reversal() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    first transfer;
    already bigint;
BEGIN
    -- One reversal at a time: the next one counts this one.
    SELECT * INTO first FROM transfer WHERE id = NEW.reverses_id FOR NO KEY UPDATE;
    IF first.kind NOT IN ('single', 'post') OR NEW.debit_id <> first.credit_id OR NEW.credit_id <> first.debit_id
       OR NEW.journal_id <> first.journal_id THEN
        RAISE EXCEPTION 'a reversal goes back the way the money came' USING ERRCODE = 'check_violation';
    END IF;
    IF EXISTS (SELECT FROM transfer t WHERE t.id = first.reverses_id AND t.reverses_id IS NOT NULL) THEN
        RAISE EXCEPTION 'what was taken back and given again stays' USING ERRCODE = 'check_violation';
    END IF;
    SELECT coalesce(sum(r.amount - coalesce((SELECT sum(u.amount) FROM transfer u WHERE u.reverses_id = r.id), 0)), 0)
        INTO already FROM transfer r WHERE r.reverses_id = NEW.reverses_id;
    IF already + NEW.amount > first.amount THEN
        RAISE EXCEPTION 'more would come back than went' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE VIEW kept_by_cycle AS
    WITH arrival AS (
        SELECT t.credit_id AS account_id, t.created_at AS since, t.id,
               coalesce(d.cycle, g.cycle, '') AS cycle,
               t.amount - coalesce((SELECT sum(r.amount - coalesce((SELECT sum(u.amount) FROM transfer u
                                                                    WHERE u.reverses_id = r.id), 0))
                                    FROM transfer r WHERE r.reverses_id = t.id), 0) AS amount
        FROM transfer t JOIN account c ON c.id = t.credit_id AND c.kind IN ('beneficiary', 'trust')
        JOIN account d ON d.id = t.debit_id LEFT JOIN payment g ON g.grant_id = t.journal_id
        WHERE t.kind IN ('single', 'post') AND t.reverses_id IS NULL
    ), counted AS (
        SELECT *, sum(amount) OVER (PARTITION BY account_id ORDER BY cycle DESC, since DESC, id
                                    ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - amount AS newer
        FROM arrival
    )
    SELECT a.id AS account_id, a.code, a.kind, a.programme, coalesce(a.person_id, a.kept_for) AS person_id, w.cycle,
           w.since, w.amount::bigint AS amount,
           least(w.amount, greatest(0, a.credits_posted - a.debits_posted - w.newer))::bigint AS left_over,
           a.debits_pending AS held
    FROM counted w JOIN account a ON a.id = w.account_id;
