-- People -----------------------------------------------------------------------------------------------

CREATE TABLE commune (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code        text NOT NULL,
    name        text NOT NULL,
    kind        text NOT NULL,
    valid_from  date NOT NULL,
    valid_to    date,
    UNIQUE (code, valid_from)
);
COMMENT ON TABLE commune IS 'A code without a date is ambiguous: 53 of today''s 92 codes once named another unit.';

CREATE TABLE point (
    code        text PRIMARY KEY,
    name        text NOT NULL CHECK (length(name) <= 27),
    commune_id  integer NOT NULL REFERENCES commune,
    open        boolean NOT NULL DEFAULT true
);

CREATE TABLE officer (
    id          integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name        text NOT NULL UNIQUE,
    roles       text[] NOT NULL CHECK (roles <@ ARRAY['enters', 'approves', 'releases']),
    added_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE person (
    id                     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    national_id_lookup     bytea UNIQUE,            -- keyed HMAC; the key is outside the database
    national_id_sealed     bytea,                   -- AES-GCM
    person_code            text UNIQUE,
    full_name              text NOT NULL CHECK (full_name <> ''),
    birth_date             date,
    birth_precision        text CHECK (birth_precision IN ('day', 'month', 'year')),
    gender                 text NOT NULL CHECK (gender IN ('M', 'F', '')),
    commune_id             integer NOT NULL REFERENCES commune,
    payout_method          text NOT NULL CHECK (payout_method IN ('mobile_money', 'bank', 'wallet', 'focal', 'cash')),
    payout_account_lookup  bytea,
    payout_account_sealed  bytea,
    language               text NOT NULL CHECK (language IN ('vi', 'vi-accented', 'en')),
    doubts                 text[] NOT NULL DEFAULT '{}',
    added_at               timestamptz NOT NULL DEFAULT now(),
    changed_at             timestamptz NOT NULL DEFAULT now(),
    CHECK (national_id_lookup IS NOT NULL OR person_code IS NOT NULL),
    CHECK ((birth_date IS NULL) = (birth_precision IS NULL))
);

CREATE TABLE person_phone (
    person_id    bigint NOT NULL REFERENCES person,
    e164         text NOT NULL CHECK (e164 ~ '^\+[1-9][0-9]{6,14}$'),
    converted    boolean NOT NULL DEFAULT false,    -- written down as eleven digits before 2018
    since        timestamptz NOT NULL DEFAULT now(),
    unproven_at  timestamptz,
    PRIMARY KEY (person_id, e164)
);
CREATE INDEX person_phone_e164 ON person_phone (e164);

CREATE TABLE pin (
    person_id      bigint PRIMARY KEY REFERENCES person,
    hash           text,                            -- argon2id
    proposed_hash  text,
    wrong_tries    integer NOT NULL DEFAULT 0 CHECK (wrong_tries >= 0),
    changed_at     timestamptz NOT NULL DEFAULT now()
);

-- The ledger -------------------------------------------------------------------------------------------

CREATE TABLE account (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code             text NOT NULL UNIQUE,
    kind             text NOT NULL CHECK (kind IN
                         ('treasury', 'beneficiary', 'clearing', 'handed_over', 'fees', 'returned', 'suspense')),
    person_id        bigint REFERENCES person,
    programme        text,
    guarded          boolean NOT NULL,
    debits_posted    bigint NOT NULL DEFAULT 0 CHECK (debits_posted >= 0),
    credits_posted   bigint NOT NULL DEFAULT 0 CHECK (credits_posted >= 0),
    debits_pending   bigint NOT NULL DEFAULT 0 CHECK (debits_pending >= 0),
    credits_pending  bigint NOT NULL DEFAULT 0 CHECK (credits_pending >= 0),
    CHECK (NOT guarded OR debits_posted + debits_pending <= credits_posted),
    CHECK ((kind = 'beneficiary') = (person_id IS NOT NULL)),
    CHECK (kind <> 'beneficiary' OR guarded)
);
CREATE INDEX account_person ON account (person_id) WHERE person_id IS NOT NULL;

CREATE TABLE transfer (
    id          uuid PRIMARY KEY,
    kind        text NOT NULL CHECK (kind IN ('single', 'pending', 'post', 'void')),
    debit_id    bigint NOT NULL REFERENCES account,
    credit_id   bigint NOT NULL REFERENCES account CHECK (credit_id <> debit_id),
    amount      bigint NOT NULL CHECK (amount > 0),
    pending_id  uuid UNIQUE REFERENCES transfer,    -- a hold is resolved at most once
    journal_id  uuid NOT NULL,
    reason      text NOT NULL,
    created_at  timestamptz NOT NULL DEFAULT now(),
    CHECK ((kind IN ('post', 'void')) = (pending_id IS NOT NULL))
);
CREATE INDEX transfer_journal ON transfer (journal_id);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the ledger is append-only: correct it with a new transfer' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER transfer_append_only BEFORE UPDATE OR DELETE ON transfer
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER transfer_never_emptied BEFORE TRUNCATE ON transfer
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION check_resolution() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    hold transfer;
BEGIN
    SELECT * INTO hold FROM transfer WHERE id = NEW.pending_id;
    IF hold.kind <> 'pending' OR NEW.debit_id <> hold.debit_id OR NEW.credit_id <> hold.credit_id
       OR NEW.amount > hold.amount OR (NEW.kind = 'void' AND NEW.amount <> hold.amount) THEN
        RAISE EXCEPTION 'a resolution must match its hold' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER transfer_resolution BEFORE INSERT ON transfer
    FOR EACH ROW WHEN (NEW.pending_id IS NOT NULL) EXECUTE FUNCTION check_resolution();

-- Payments ---------------------------------------------------------------------------------------------

CREATE TABLE payment_batch (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    list_name    text NOT NULL,
    file_hash    bytea NOT NULL,
    state        text NOT NULL DEFAULT 'entered' CHECK (state IN ('entered', 'approved', 'releasing', 'released')),
    entered_by   integer NOT NULL REFERENCES officer,
    approved_by  integer REFERENCES officer,
    released_by  integer REFERENCES officer,
    entered_at   timestamptz NOT NULL DEFAULT now(),
    approved_at  timestamptz,
    released_at  timestamptz,
    content_hash bytea,                             -- of what was approved
    CONSTRAINT approver_is_not_maker CHECK (approved_by <> entered_by),
    CONSTRAINT releaser_is_not_approver CHECK (released_by <> approved_by),
    CONSTRAINT releaser_is_not_maker CHECK (released_by <> entered_by),
    CHECK ((state = 'entered') = (approved_by IS NULL)),
    CHECK ((state IN ('releasing', 'released')) = (released_by IS NOT NULL)),
    CHECK ((approved_by IS NULL) = (content_hash IS NULL))
);
CREATE INDEX payment_batch_file ON payment_batch (file_hash);

CREATE FUNCTION check_batch_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
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
CREATE TRIGGER payment_batch_step BEFORE UPDATE ON payment_batch FOR EACH ROW EXECUTE FUNCTION check_batch_step();

CREATE TABLE payment (
    id                 bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    batch_id           bigint NOT NULL REFERENCES payment_batch,
    line               integer NOT NULL,
    person_id          bigint NOT NULL REFERENCES person,
    programme          text NOT NULL,
    cycle              text NOT NULL CHECK (cycle ~ '^20[0-9]{2}-(0[1-9]|1[0-2])$'),
    amount             bigint NOT NULL CHECK (amount BETWEEN 1 AND 99999999),
    grant_id           uuid NOT NULL UNIQUE,        -- the ledger transfer that will credit it, known beforehand
    state              text NOT NULL DEFAULT 'entered' CHECK (state IN ('entered', 'released')),
    released_at        timestamptz,
    receipt            text NOT NULL DEFAULT 'not_asked'
                           CHECK (receipt IN ('not_asked', 'received', 'not_received', 'wrong_amount')),
    receipt_reference  text UNIQUE,
    receipt_at         timestamptz,
    UNIQUE (person_id, programme, cycle),
    CHECK ((state = 'released') = (released_at IS NOT NULL))
);
CREATE INDEX payment_batch_id ON payment (batch_id, state);

CREATE FUNCTION check_payment_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    batch bigint := CASE TG_OP WHEN 'DELETE' THEN OLD.batch_id ELSE NEW.batch_id END;
    batch_state text;
BEGIN
    SELECT state INTO batch_state FROM payment_batch WHERE id = batch FOR SHARE;
    IF batch_state <> 'entered' THEN
        RAISE EXCEPTION 'an approved batch cannot be edited' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER payment_fixed BEFORE INSERT OR DELETE OR UPDATE OF batch_id, person_id, programme, cycle, amount, grant_id
    ON payment FOR EACH ROW EXECUTE FUNCTION check_payment_fixed();

CREATE TABLE complaint (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reference        text NOT NULL UNIQUE,
    kind             text NOT NULL CHECK (kind IN ('not_received', 'wrong_amount')),
    person_id        bigint NOT NULL REFERENCES person,
    payment_id       bigint NOT NULL UNIQUE REFERENCES payment,
    received_amount  bigint CHECK (received_amount >= 0),
    state            text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    due_on           date NOT NULL,
    opened_at        timestamptz NOT NULL
);

-- Cash-outs --------------------------------------------------------------------------------------------

CREATE TABLE cash_out (
    id                  uuid PRIMARY KEY,           -- ours; the correlation id at the provider
    reference           text NOT NULL UNIQUE,       -- what the person is told
    person_id           bigint NOT NULL REFERENCES person,
    asked_from          text NOT NULL,              -- the phone that asked, in E.164
    point_code          text NOT NULL REFERENCES point,
    amount              bigint NOT NULL CHECK (amount > 0),
    fee                 bigint NOT NULL DEFAULT 0 CHECK (fee >= 0),
    provider            text NOT NULL,
    state               text NOT NULL DEFAULT 'held' CHECK (state IN
                            ('held', 'sent', 'unknown', 'issued', 'paid', 'failed', 'reversed')),
    asked_at            timestamptz NOT NULL,
    first_sent_at       timestamptz,
    resend_until        timestamptz,                -- after this the provider may have forgotten our id
    issued_at           timestamptz,
    ended_at            timestamptz,
    code_sealed         bytea,
    code_expires_at     timestamptz,
    provider_reference  text,
    reason              text NOT NULL DEFAULT '',
    asks                integer NOT NULL DEFAULT 0,
    next_step_at        timestamptz NOT NULL,       -- when a worker should look at it next
    lease_until         timestamptz,
    hinted_at           timestamptz,                -- called back since a worker last took it
    version             integer NOT NULL DEFAULT 0,
    UNIQUE (provider, provider_reference),
    CHECK (state NOT IN ('paid', 'failed', 'reversed') OR code_sealed IS NULL)
);
CREATE UNIQUE INDEX cash_out_one_live ON cash_out (person_id) WHERE state IN ('held', 'sent', 'unknown', 'issued');
CREATE INDEX cash_out_due ON cash_out (next_step_at) WHERE state IN ('held', 'sent', 'unknown', 'issued');
CREATE INDEX cash_out_person ON cash_out (person_id, asked_at DESC);

CREATE TABLE provider_callback (
    provider      text NOT NULL,
    event_key     text NOT NULL,
    cash_out_id   uuid NOT NULL,
    body_sealed   bytea NOT NULL,
    received_at   timestamptz NOT NULL DEFAULT now(),
    handled_at    timestamptz,
    PRIMARY KEY (provider, event_key)
);
CREATE INDEX provider_callback_waiting ON provider_callback (received_at) WHERE handled_at IS NULL;

-- Messages ---------------------------------------------------------------------------------------------

CREATE TABLE sms_message (
    id               bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dedup_key        text NOT NULL UNIQUE,          -- one person, one message per event
    person_id        bigint REFERENCES person,
    e164             text NOT NULL,
    kind             text NOT NULL,
    lane             smallint NOT NULL CHECK (lane BETWEEN 0 AND 3),
    body_sealed      bytea NOT NULL,
    parts            smallint NOT NULL DEFAULT 1,
    state            text NOT NULL DEFAULT 'waiting' CHECK (state IN
                         ('waiting', 'sending', 'sent', 'delivered', 'undelivered', 'refused', 'unsure', 'expired')),
    attempts         integer NOT NULL DEFAULT 0,
    next_attempt_at  timestamptz NOT NULL,
    expires_at       timestamptz NOT NULL,
    claimed_by       text,
    lease_until      timestamptz,
    provider         text,
    provider_id      text,
    note             text NOT NULL DEFAULT '',
    sending_at       timestamptz,                   -- when it was last handed over
    resent_at        timestamptz,                   -- when last put back: proved never to have arrived at the carrier
    created_at       timestamptz NOT NULL DEFAULT now(),
    changed_at       timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX sms_message_unsure ON sms_message (sending_at) WHERE state = 'unsure';
CREATE INDEX sms_message_sent_when ON sms_message (provider, sending_at);
CREATE INDEX sms_message_waiting ON sms_message (lane, next_attempt_at, id) WHERE state = 'waiting';
CREATE INDEX sms_message_sending ON sms_message (lease_until) WHERE state = 'sending';
CREATE UNIQUE INDEX sms_message_provider_id ON sms_message (provider, provider_id) WHERE provider_id IS NOT NULL;

CREATE TABLE sms_report (
    provider     text NOT NULL,
    provider_id  text NOT NULL,
    outcome      text NOT NULL CHECK (outcome IN ('on_its_way', 'delivered', 'undelivered')),
    failure      text NOT NULL DEFAULT '',
    e164         text NOT NULL DEFAULT '',
    received_at  timestamptz NOT NULL DEFAULT now(),
    applied_at   timestamptz,
    PRIMARY KEY (provider, provider_id, outcome)
);
CREATE INDEX sms_report_waiting ON sms_report (received_at) WHERE applied_at IS NULL;

-- Visits: one USSD session each ------------------------------------------------------------------------

CREATE TABLE visit (
    session_id    text PRIMARY KEY,
    phone         text NOT NULL,
    turn          integer NOT NULL,
    text_length   integer NOT NULL,
    text_mark     bytea NOT NULL,                   -- keyed HMAC of the cumulative text, which holds the PIN
    page_sealed   bytea NOT NULL,                   -- what was answered, to answer the same again
    state         text NOT NULL CHECK (state IN ('open', 'ended', 'superseded')),
    standing      text NOT NULL,
    screen        text NOT NULL,
    person_id     bigint,
    cash_out_id   uuid,
    network_code  text NOT NULL DEFAULT '',
    started_at    timestamptz NOT NULL,
    changed_at    timestamptz NOT NULL
);
CREATE INDEX visit_phone ON visit (phone, changed_at DESC);

CREATE TABLE visit_ending (
    session_id    text PRIMARY KEY,
    status        text NOT NULL,
    network_code  text NOT NULL DEFAULT '',
    duration_ms   integer,
    hops          integer,
    received_at   timestamptz NOT NULL DEFAULT now()
);
