-- Programmes: whose money is taken first, and what each pays from which month ------------------------------

CREATE TABLE programme (
    code         text PRIMARY KEY,
    priority     smallint NOT NULL CHECK (priority BETWEEN 1 AND 99),
    set_by       integer REFERENCES officer,
    set_at       timestamptz
);
COMMENT ON COLUMN programme.priority IS 'The lowest number pays a cash-out first; among equals the oldest account.';
INSERT INTO programme (code, priority) VALUES
    ('tet_gift', 10), ('poor_household', 20), ('near_poor_household', 20), ('social_pension', 30),
    ('social_assistance', 30), ('merit', 40), ('pension', 50);

CREATE TABLE programme_amount (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    programme   text NOT NULL REFERENCES programme,
    category    text NOT NULL DEFAULT '',
    since       text NOT NULL CHECK (since ~ '^20[0-9]{2}-(0[1-9]|1[0-2])$'),
    amount      bigint NOT NULL CHECK (amount BETWEEN 1 AND 99999999),
    source      text NOT NULL CHECK (source <> ''),  -- the decree or decision
    set_by      integer NOT NULL REFERENCES officer,
    set_at      timestamptz NOT NULL,
    UNIQUE (programme, category, since)
);
CREATE FUNCTION refuse_other_past() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what a programme paid stays written down' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER programme_amount_append_only BEFORE UPDATE OR DELETE ON programme_amount
    FOR EACH ROW EXECUTE FUNCTION refuse_other_past();

-- The ledger: what gives money back, and holds that end by themselves --------------------------------------

ALTER TABLE account DROP CONSTRAINT account_kind_check;
ALTER TABLE account ADD CONSTRAINT account_kind_check CHECK (kind IN
    ('state', 'treasury', 'beneficiary', 'trust', 'clearing', 'handed_over', 'fees', 'waived', 'returned', 'suspense',
     'settled'));
ALTER TABLE account ADD COLUMN cycle text
    GENERATED ALWAYS AS (CASE WHEN kind = 'treasury' THEN split_part(code, ':', 3) END) STORED;
-- A person's part of what a commune keeps: theirs, but no provider can pay it out, so it is no part of `person_id`.
ALTER TABLE account ADD COLUMN kept_for bigint REFERENCES person;
ALTER TABLE account ADD COLUMN commune_code text;
ALTER TABLE account ADD CONSTRAINT account_trust CHECK
    ((kind = 'trust') = (kept_for IS NOT NULL) AND (kind = 'trust') = (commune_code IS NOT NULL));
ALTER TABLE account ADD CONSTRAINT account_trust_guarded CHECK (kind <> 'trust' OR guarded);
CREATE INDEX account_kept_for ON account (kept_for) WHERE kept_for IS NOT NULL;
CREATE INDEX account_commune ON account (commune_code) WHERE commune_code IS NOT NULL;

ALTER TABLE transfer ADD COLUMN reverses_id uuid REFERENCES transfer;
ALTER TABLE transfer ADD COLUMN expires_at timestamptz;
ALTER TABLE transfer ADD CONSTRAINT transfer_reversal_is_new_money CHECK (reverses_id IS NULL OR kind = 'single');
ALTER TABLE transfer ADD CONSTRAINT transfer_only_holds_expire CHECK (expires_at IS NULL OR kind = 'pending');
CREATE INDEX transfer_reverses ON transfer (reverses_id) WHERE reverses_id IS NOT NULL;
CREATE INDEX transfer_expires ON transfer (expires_at) WHERE expires_at IS NOT NULL;

CREATE FUNCTION check_reversal() RETURNS trigger LANGUAGE plpgsql AS $$
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
    SELECT coalesce(sum(amount), 0) INTO already FROM transfer WHERE reverses_id = NEW.reverses_id;
    IF already + NEW.amount > first.amount THEN
        RAISE EXCEPTION 'more would come back than went' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transfer_reversal BEFORE INSERT ON transfer
    FOR EACH ROW WHEN (NEW.reverses_id IS NOT NULL) EXECUTE FUNCTION check_reversal();

-- Looked at when the transaction commits: giving back and writing "failed" may come in either order.
CREATE FUNCTION check_void_is_known() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM cash_out WHERE id = NEW.journal_id AND state IN ('sent', 'unknown')) THEN
        RAISE EXCEPTION 'the provider may still pay this: its hold stays' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER transfer_void_is_known AFTER INSERT ON transfer DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.kind = 'void') EXECUTE FUNCTION check_void_is_known();

-- What the state has paid in, and took back: the papers behind the transfers -------------------------------

CREATE TABLE funding (
    transfer_id  uuid PRIMARY KEY REFERENCES transfer,
    programme    text NOT NULL REFERENCES programme,
    cycle        text NOT NULL CHECK (cycle ~ '^20[0-9]{2}-(0[1-9]|1[0-2])$'),
    document     text NOT NULL,
    entered_by   integer NOT NULL REFERENCES officer,
    entered_at   timestamptz NOT NULL
);

-- What an account still has of each month: a person takes the oldest money first ---------------------------

CREATE VIEW kept_by_cycle AS
    WITH arrival AS (
        SELECT t.credit_id AS account_id, t.created_at AS since, t.id,
               coalesce(d.cycle, g.cycle, '') AS cycle,
               t.amount - coalesce((SELECT sum(r.amount) FROM transfer r WHERE r.reverses_id = t.id), 0) AS amount
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

-- What a commune hands out in cash, out of its people's own parts ------------------------------------------

CREATE TABLE pay_session (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key            uuid NOT NULL UNIQUE,            -- of which the journals of its holds are made
    commune_code   text NOT NULL,
    cycle          text NOT NULL CHECK (cycle ~ '^20[0-9]{2}-(0[1-9]|1[0-2])$'),
    place          text NOT NULL,
    opened_by      integer NOT NULL REFERENCES officer,
    opened_at      timestamptz NOT NULL,
    closed_by      integer REFERENCES officer,
    closed_at      timestamptz,
    expected_rest  bigint CHECK (expected_rest >= 0),
    counted_rest   bigint CHECK (counted_rest >= 0),
    explanation    text CHECK (explanation <> ''),
    explained_by   integer REFERENCES officer,
    explained_at   timestamptz,
    CONSTRAINT closer_is_not_opener CHECK (closed_by <> opened_by),
    CONSTRAINT explainer_is_not_opener CHECK (explained_by <> opened_by),
    CHECK ((closed_by IS NULL) = (closed_at IS NULL) AND (closed_by IS NULL) = (counted_rest IS NULL)
           AND (closed_by IS NULL) = (expected_rest IS NULL)),
    CHECK ((explanation IS NULL) = (explained_by IS NULL) AND (explanation IS NULL) = (explained_at IS NULL))
);
CREATE UNIQUE INDEX pay_session_one_open ON pay_session (commune_code) WHERE closed_by IS NULL;

CREATE TABLE pay_session_part (
    session_id   bigint NOT NULL REFERENCES pay_session,
    number       integer NOT NULL CHECK (number > 0),  -- as it stands on the list
    person_id    bigint NOT NULL REFERENCES person,
    amount       bigint NOT NULL CHECK (amount > 0),
    journal_id   uuid NOT NULL UNIQUE,                 -- under which it is held and handed out
    handed       bigint CHECK (handed > 0 AND handed <= amount),
    handed_by    integer REFERENCES officer,
    handed_at    timestamptz,
    received_by  text NOT NULL DEFAULT '',             -- who came in their place
    PRIMARY KEY (session_id, number),
    UNIQUE (session_id, person_id),
    CHECK ((handed IS NULL) = (handed_by IS NULL) AND (handed IS NULL) = (handed_at IS NULL))
);

CREATE FUNCTION check_session_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.closed_by IS NOT NULL AND (NEW.closed_by, NEW.counted_rest, NEW.expected_rest, NEW.closed_at)
                                     IS DISTINCT FROM (OLD.closed_by, OLD.counted_rest, OLD.expected_rest, OLD.closed_at) THEN
        RAISE EXCEPTION 'a closed session stays as it was closed' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.closed_by IS NOT NULL AND EXISTS
        (SELECT FROM pay_session_part WHERE session_id = NEW.id AND handed_by = NEW.closed_by) THEN
        RAISE EXCEPTION 'closer_handed_out: who handed out may not close' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pay_session_step BEFORE UPDATE ON pay_session FOR EACH ROW EXECUTE FUNCTION check_session_step();

CREATE FUNCTION check_part_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.handed IS NOT NULL OR (NEW.session_id, NEW.number, NEW.person_id, NEW.amount, NEW.journal_id)
                                 IS DISTINCT FROM (OLD.session_id, OLD.number, OLD.person_id, OLD.amount, OLD.journal_id) THEN
        RAISE EXCEPTION 'what was handed out stays written down' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM FROM pay_session WHERE id = NEW.session_id AND closed_by IS NULL FOR SHARE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the session is closed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER pay_session_part_step BEFORE UPDATE ON pay_session_part FOR EACH ROW EXECUTE FUNCTION check_part_step();

-- What only two officers together may do to the ledger: never automatic, each with its reason --------------

CREATE TABLE adjustment (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('return_unclaimed', 'claim_again', 'correct', 'carry_suspense')),
    reason     text NOT NULL CHECK (reason <> ''),
    asked_by   integer NOT NULL REFERENCES officer,
    asked_at   timestamptz NOT NULL,
    agreed_by  integer REFERENCES officer,
    agreed_at  timestamptz,
    CONSTRAINT agreer_is_not_asker CHECK (agreed_by <> asked_by),
    CHECK ((agreed_by IS NULL) = (agreed_at IS NULL))
);
CREATE TABLE adjustment_line (
    key            uuid PRIMARY KEY,                -- the id of what it writes into the ledger
    adjustment_id  bigint NOT NULL REFERENCES adjustment,
    person_id      bigint REFERENCES person,
    account_code   text NOT NULL,                   -- whose money it is
    journal_id     uuid NOT NULL,                   -- under which it stands; another's where it takes something back
    amount         bigint NOT NULL CHECK (amount > 0),
    done_at        timestamptz
);
CREATE INDEX adjustment_line_of ON adjustment_line (adjustment_id);

CREATE FUNCTION check_adjustment_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.kind, NEW.reason, NEW.asked_by) IS DISTINCT FROM (OLD.kind, OLD.reason, OLD.asked_by)
       OR (OLD.agreed_by IS NOT NULL AND NEW.agreed_by IS DISTINCT FROM OLD.agreed_by) THEN
        RAISE EXCEPTION 'what was asked and agreed stays written down' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER adjustment_step BEFORE UPDATE ON adjustment FOR EACH ROW EXECUTE FUNCTION check_adjustment_step();

CREATE FUNCTION check_line_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.key, NEW.adjustment_id, NEW.account_code, NEW.journal_id, NEW.amount)
       IS DISTINCT FROM (OLD.key, OLD.adjustment_id, OLD.account_code, OLD.journal_id, OLD.amount)
       OR OLD.done_at IS NOT NULL
       OR NOT EXISTS (SELECT FROM adjustment WHERE id = NEW.adjustment_id AND agreed_by IS NOT NULL) THEN
        RAISE EXCEPTION 'a line is done once, and only when two officers agree' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER adjustment_line_step BEFORE UPDATE ON adjustment_line FOR EACH ROW EXECUTE FUNCTION check_line_step();
