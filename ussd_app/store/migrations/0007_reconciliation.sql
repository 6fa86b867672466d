-- Whom nothing more may be sent to, and what an account's owner is called elsewhere ------------------------

ALTER TABLE person ADD COLUMN deceased_on date;
ALTER TABLE person ADD COLUMN payee_changed_at timestamptz;   -- another way or account to be paid than before
ALTER TABLE person ADD COLUMN holder_name text;               -- as the bank or the wallet calls the account's owner

CREATE TABLE death_notice (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id    bigint NOT NULL REFERENCES person,
    died_on      date,                                        -- empty: the notice before was a mistake
    document     text NOT NULL CHECK (document <> ''),
    recorded_by  integer NOT NULL REFERENCES officer,
    recorded_at  timestamptz NOT NULL
);
CREATE INDEX death_notice_person ON death_notice (person_id, id);

CREATE FUNCTION note_payee_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.payee_changed_at := now();
    IF OLD.payout_account_lookup IS DISTINCT FROM NEW.payout_account_lookup THEN
        NEW.holder_name := NULL;                              -- it was the old account's
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER person_payee_changed BEFORE UPDATE OF payout_method, payout_account_lookup ON person FOR EACH ROW
    WHEN (OLD.payout_method IS DISTINCT FROM NEW.payout_method
          OR OLD.payout_account_lookup IS DISTINCT FROM NEW.payout_account_lookup)
    EXECUTE FUNCTION note_payee_change();

CREATE INDEX person_account ON person (payout_account_lookup) WHERE payout_account_lookup IS NOT NULL;
CREATE INDEX person_born ON person (commune_id, birth_date) WHERE birth_precision = 'day';

CREATE FUNCTION refuse_cash_out_of_the_dead() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM person WHERE id = NEW.person_id AND deceased_on IS NOT NULL) THEN
        RAISE EXCEPTION 'the money of the dead waits for their heirs' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cash_out_of_the_living BEFORE INSERT ON cash_out
    FOR EACH ROW EXECUTE FUNCTION refuse_cash_out_of_the_dead();

-- A list that comes in later must not give the dead a voice again.
CREATE FUNCTION doubt_phone_of_the_dead() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM person WHERE id = NEW.person_id AND deceased_on IS NOT NULL) THEN
        NEW.unproven_at := now();
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER person_phone_of_the_living BEFORE INSERT OR UPDATE OF unproven_at ON person_phone FOR EACH ROW
    WHEN (NEW.unproven_at IS NULL) EXECUTE FUNCTION doubt_phone_of_the_dead();

-- Programmes of which one person may draw only one in a month ----------------------------------------------

CREATE TABLE programme_exclusion (
    id           integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    programme    text NOT NULL,
    other        text NOT NULL,
    since        text NOT NULL CHECK (since ~ '^20[0-9]{2}-(0[1-9]|1[0-2])$'),
    until        text CHECK (until ~ '^20[0-9]{2}-(0[1-9]|1[0-2])$'),   -- the last month for which it holds
    basis        text NOT NULL CHECK (basis <> ''),
    recorded_by  integer REFERENCES officer,
    CHECK (programme <= other),
    CHECK (until >= since)
);
CREATE UNIQUE INDEX programme_exclusion_once ON programme_exclusion (programme, other) WHERE until IS NULL;
INSERT INTO programme_exclusion (programme, other, since, basis) VALUES
    ('pension', 'social_pension', '2025-07',
     'Decree 176/2025/ND-CP: the social pension is for those without a pension, or with a lower one'),
    ('near_poor_household', 'poor_household', '2022-01',
     'Decree 07/2021/ND-CP: a household is poor or near-poor, never both'),
    ('tet_gift', 'tet_gift', '2026-01', 'Resolution 418/NQ-CP: one gift, even to somebody of two categories');

-- A payment that is held, asked about, and decided ---------------------------------------------------------

ALTER TABLE payment ADD COLUMN part text NOT NULL DEFAULT '' CHECK (part ~ '^[a-z0-9_-]{0,20}$');
ALTER TABLE payment ADD COLUMN name_on_list text;
ALTER TABLE payment DROP CONSTRAINT payment_state_check;
ALTER TABLE payment ADD CONSTRAINT payment_state_check CHECK (state IN ('entered', 'held', 'released', 'refused'));
ALTER TABLE payment DROP CONSTRAINT payment_person_id_programme_cycle_key;
-- A second rightful payment of the same month is another part; a refused one leaves its place to the right one.
CREATE UNIQUE INDEX payment_once ON payment (person_id, programme, cycle, part) WHERE state <> 'refused';
CREATE INDEX payment_held ON payment (batch_id, id) WHERE state = 'held';
CREATE INDEX payment_released ON payment USING brin (released_at);
CREATE INDEX transfer_created ON transfer USING brin (created_at);

CREATE TABLE payment_finding (
    payment_id  bigint NOT NULL REFERENCES payment,
    kind        text NOT NULL,
    words       text NOT NULL,
    found_at    timestamptz NOT NULL,
    PRIMARY KEY (payment_id, kind)
);

CREATE TABLE payment_decision (
    payment_id  bigint PRIMARY KEY REFERENCES payment,
    pay         boolean NOT NULL,
    because     text NOT NULL CHECK (because <> ''),
    decided_by  integer NOT NULL REFERENCES officer,
    decided_at  timestamptz NOT NULL
);

CREATE FUNCTION check_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM payment p JOIN payment_batch b ON b.id = p.batch_id
               WHERE p.id = NEW.payment_id AND b.entered_by = NEW.decided_by) THEN
        RAISE EXCEPTION 'decider_is_not_maker' USING ERRCODE = 'check_violation';
    END IF;
    IF NOT EXISTS (SELECT FROM officer WHERE id = NEW.decided_by AND roles && ARRAY['approves', 'releases']) THEN
        RAISE EXCEPTION 'the decider may not decide' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_decision_four_eyes BEFORE INSERT ON payment_decision
    FOR EACH ROW EXECUTE FUNCTION check_decision();

CREATE FUNCTION check_payment_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state = 'held' AND NOT EXISTS (SELECT FROM payment_decision d WHERE d.payment_id = NEW.id
                                           AND d.pay = (NEW.state = 'released')))
       OR (NEW.state = 'refused' AND OLD.state <> 'held')
       OR (NEW.state = 'held' AND OLD.state <> 'entered')
       OR OLD.state = 'refused' THEN
        RAISE EXCEPTION 'a held payment is paid or refused by a decision that is written down'
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER payment_step BEFORE UPDATE OF state ON payment FOR EACH ROW WHEN (OLD.state <> NEW.state)
    EXECUTE FUNCTION check_payment_step();

-- A signature stands under what it was given for: a correction strikes it out, and says so -----------------

CREATE TABLE struck_approval (
    batch_id      bigint NOT NULL REFERENCES payment_batch,
    approved_by   integer NOT NULL REFERENCES officer,
    approved_at   timestamptz NOT NULL,
    content_hash  bytea NOT NULL,
    struck_by     integer NOT NULL REFERENCES officer,
    struck_at     timestamptz NOT NULL,
    because       text NOT NULL CHECK (because <> ''),
    PRIMARY KEY (batch_id, approved_at)
);

CREATE TABLE payment_correction (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id      bigint NOT NULL REFERENCES payment_batch,
    line          integer NOT NULL,
    person_id     bigint NOT NULL REFERENCES person,
    was_amount    bigint NOT NULL,
    is_amount     bigint,                                     -- empty: taken off the list
    because       text NOT NULL CHECK (because <> ''),
    corrected_by  integer NOT NULL REFERENCES officer,
    corrected_at  timestamptz NOT NULL
);

CREATE OR REPLACE FUNCTION check_batch_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.state, NEW.state) = ('approved', 'entered') THEN
        IF OLD.entered_by <> NEW.entered_by OR NEW.released_by IS NOT NULL OR NOT EXISTS
            (SELECT FROM struck_approval s WHERE s.batch_id = OLD.id AND s.approved_at = OLD.approved_at
             AND s.approved_by = OLD.approved_by AND s.content_hash = OLD.content_hash) THEN
            RAISE EXCEPTION 'an approval is struck out in writing' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.entered_by <> NEW.entered_by
       OR (OLD.approved_by IS NOT NULL AND NEW.approved_by IS DISTINCT FROM OLD.approved_by)
       OR (OLD.content_hash IS NOT NULL AND NEW.content_hash IS DISTINCT FROM OLD.content_hash)
       OR (OLD.released_by IS NOT NULL AND NEW.released_by IS DISTINCT FROM OLD.released_by)
       OR (OLD.state, NEW.state) NOT IN (('entered', 'entered'), ('entered', 'approved'), ('approved', 'approved'),
            ('approved', 'releasing'), ('releasing', 'releasing'), ('releasing', 'released'), ('released', 'released'))
    THEN
        RAISE EXCEPTION 'a batch goes entered, approved, releasing, released, each signed once'
            USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'approved' AND NOT EXISTS
        (SELECT FROM officer WHERE id = NEW.approved_by AND 'approves' = ANY (roles)) THEN
        RAISE EXCEPTION 'the approver may not approve' USING ERRCODE = 'check_violation';
    END IF;
    IF NEW.state = 'releasing' AND NOT EXISTS
        (SELECT FROM officer WHERE id = NEW.released_by AND 'releases' = ANY (roles)) THEN
        RAISE EXCEPTION 'the releaser may not release' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;

DROP TRIGGER payment_fixed ON payment;
CREATE TRIGGER payment_fixed BEFORE INSERT OR DELETE OR
    UPDATE OF batch_id, person_id, programme, cycle, part, amount, grant_id, name_on_list
    ON payment FOR EACH ROW EXECUTE FUNCTION check_payment_fixed();

-- What providers say they did with our money, and each day's comparison with our own books -----------------

CREATE TABLE statement_line (
    id                  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider            text NOT NULL,
    line_key            text NOT NULL,                        -- the provider's own name for the line
    at                  timestamptz NOT NULL,
    kind                text NOT NULL CHECK (kind IN ('paid_out', 'reversed', 'fee', 'funded', 'other')),
    amount              bigint NOT NULL CHECK (amount >= 0),
    provider_reference  text NOT NULL DEFAULT '',
    attempt_id          uuid,
    reference           text NOT NULL DEFAULT '',
    source              text NOT NULL,                        -- the file, or that the provider was asked
    read_at             timestamptz NOT NULL,
    UNIQUE (provider, line_key)
);
CREATE INDEX statement_line_at ON statement_line (provider, at);
CREATE INDEX statement_line_attempt ON statement_line (attempt_id) WHERE attempt_id IS NOT NULL;
CREATE INDEX statement_line_reference ON statement_line (reference) WHERE reference <> '';
CREATE INDEX statement_line_theirs ON statement_line (provider, provider_reference) WHERE provider_reference <> '';
CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was read or decided stays written down' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER statement_line_fixed BEFORE UPDATE OR DELETE ON statement_line
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER payment_decision_fixed BEFORE UPDATE OR DELETE ON payment_decision
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER struck_approval_fixed BEFORE UPDATE OR DELETE ON struck_approval
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();
CREATE TRIGGER death_notice_fixed BEFORE UPDATE OR DELETE ON death_notice
    FOR EACH ROW EXECUTE FUNCTION refuse_rewriting();

CREATE TABLE statement_day (
    provider   text NOT NULL,
    day        date NOT NULL,
    asked_at   timestamptz NOT NULL,                          -- to be fetched from the provider
    read_at    timestamptz,
    lines      integer,
    note       text NOT NULL DEFAULT '',
    PRIMARY KEY (provider, day)
);

-- Which order of ours a line is about: by our id, by our reference, or by theirs. The journal is what our ledger has
-- of it, or would have: that of a line about nothing of ours is made of its name.
CREATE VIEW statement_entry AS
    SELECT l.*, coalesce(a.id, n.id, s.cash_out_id, r.id, p.id) AS cash_out_id,
           coalesce(a.id, n.id, s.cash_out_id, r.id, p.id, l.attempt_id,
                    md5('bam:line:' || l.provider || ':' || l.line_key)::uuid) AS journal_id,
           (coalesce(a.id, n.id, s.cash_out_id) <> r.id OR coalesce(a.id, n.id, s.cash_out_id) <> p.id
            OR r.id <> p.id) IS TRUE AS mixed
    FROM statement_line l
    LEFT JOIN cash_out a ON a.id = l.attempt_id
    LEFT JOIN cash_out n ON n.attempt_id = l.attempt_id
    LEFT JOIN spent_attempt s ON s.attempt_id = l.attempt_id
    LEFT JOIN cash_out r ON r.reference = l.reference AND r.provider = l.provider AND l.reference <> ''
    LEFT JOIN cash_out p ON p.provider_reference = l.provider_reference AND p.provider = l.provider
                         AND l.provider_reference <> '';

-- What our books moved at a provider: all legs of one step are one movement.
CREATE VIEW provider_movement AS
    SELECT journal_id, provider, kind, created_at AS at, sum(amount)::bigint AS amount FROM (
        SELECT t.journal_id, t.amount, t.created_at,
               split_part(CASE WHEN c.kind IN ('clearing', 'fees') THEN c.code ELSE d.code END, ':', 2) AS provider,
               CASE WHEN c.kind = 'settled' THEN 'funded' WHEN c.kind = 'fees' THEN 'fee'
                    WHEN c.kind = 'clearing' THEN 'paid_out' ELSE 'reversed' END AS kind
        FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
        WHERE t.kind IN ('single', 'post') AND (c.kind IN ('clearing', 'fees') OR d.kind IN ('clearing', 'fees'))
    ) moved GROUP BY journal_id, provider, kind, created_at;

CREATE TABLE close_item (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    day           date NOT NULL,
    provider      text NOT NULL,
    bucket        text NOT NULL,
    item_key      text NOT NULL,                              -- the same difference is the same item, whenever looked at
    movement_key  text NOT NULL,                              -- the order, or whatever else its two sides share
    kind          text NOT NULL,
    difference    bigint NOT NULL,                            -- statement less books, in đồng, on this day
    at_stake      bigint NOT NULL,
    words         text NOT NULL,
    line_id       bigint REFERENCES statement_line,
    owner         text NOT NULL CHECK (owner <> ''),
    state         text NOT NULL CHECK (state IN ('open', 'explained', 'settled')),
    opened_at     timestamptz NOT NULL,
    ended_at      timestamptz,
    ended_by      integer REFERENCES officer,
    because       text NOT NULL DEFAULT '',
    UNIQUE (provider, day, item_key),
    CHECK ((state = 'open') = (ended_at IS NULL)),
    CHECK (state = 'open' OR because <> ''),
    CHECK ((state = 'settled') = (ended_by IS NOT NULL))
);
CREATE INDEX close_item_open ON close_item (day) WHERE state = 'open';

CREATE TABLE daily_close (
    day          date NOT NULL,
    provider     text NOT NULL,
    closed_at    timestamptz NOT NULL,
    closed_by    integer REFERENCES officer,                  -- empty: closed by the clock
    on_lists     bigint NOT NULL,                             -- đồng released that day, by the lists
    credited     bigint NOT NULL,                             -- and by the ledger
    by_books     bigint NOT NULL,                             -- net paid out that day, by the ledger
    by_statement bigint NOT NULL,                             -- and by the provider
    named        bigint NOT NULL,                             -- their difference, as far as items name it
    PRIMARY KEY (day, provider)
);

-- After a restored backup: nothing new is sent until the provider has been asked about all -----------------

CREATE TABLE restoration (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    backup_of  timestamptz NOT NULL,                          -- the moment to which the database was set back
    begun_at   timestamptz NOT NULL,
    begun_by   integer NOT NULL REFERENCES officer,
    ended_at   timestamptz,
    ended_by   integer REFERENCES officer,
    by_hand    text NOT NULL DEFAULT '',                      -- how statements were read that could not be fetched
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
);
CREATE UNIQUE INDEX restoration_one_open ON restoration ((ended_at IS NULL)) WHERE ended_at IS NULL;
ALTER TABLE cash_out ADD COLUMN ask_first boolean NOT NULL DEFAULT false;   -- it may have been sent after the backup
CREATE INDEX cash_out_ask_first ON cash_out (id) WHERE ask_first;
