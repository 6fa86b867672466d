-- Tickets: what a person asks of the office, about a payment or not ---------------------------------------

ALTER TABLE complaint DROP CONSTRAINT complaint_kind_check;
ALTER TABLE complaint ADD CONSTRAINT complaint_kind_check CHECK (kind IN
    ('not_received', 'wrong_amount', 'call_back', 'fee_taken', 'lost_sim', 'suspicious_call'));
ALTER TABLE complaint ALTER COLUMN payment_id DROP NOT NULL;
ALTER TABLE complaint ADD CONSTRAINT complaint_about_a_payment CHECK (kind <> 'wrong_amount' OR payment_id IS NOT NULL);
ALTER TABLE complaint ADD COLUMN taken_amount bigint CHECK (taken_amount > 0);
ALTER TABLE complaint ADD COLUMN voice text NOT NULL DEFAULT '' CHECK (voice IN ('', 'tay', 'nung', 'dao', 'mong'));
ALTER TABLE complaint ADD COLUMN asked_from text;    -- the phone to call back, in E.164
CREATE UNIQUE INDEX complaint_one_open ON complaint (person_id, kind) WHERE state = 'open' AND payment_id IS NULL;
CREATE INDEX complaint_person ON complaint (person_id, opened_at DESC);

-- What a person chose for themselves; a list that comes in again does not undo it --------------------------

ALTER TABLE person ADD COLUMN chosen_language text CHECK (chosen_language IN ('vi', 'vi-accented', 'en'));
ALTER TABLE person ADD COLUMN voice text NOT NULL DEFAULT '' CHECK (voice IN ('', 'tay', 'nung', 'dao', 'mong'));

-- Who may be asked for by name, and where a commune hands out what it holds --------------------------------

ALTER TABLE commune ADD COLUMN officer_name text CHECK (officer_name <> '');
ALTER TABLE commune ADD COLUMN officer_phone text CHECK (officer_phone ~ '^[0-9]{3,11}$');

CREATE TABLE hand_out (
    commune_id  integer NOT NULL REFERENCES commune,
    on_day      date NOT NULL,
    place       text NOT NULL CHECK (length(place) BETWEEN 1 AND 27),
    PRIMARY KEY (commune_id, on_day)
);

-- A temporary PIN, asked for by one officer and given by another -------------------------------------------

ALTER TABLE pin ADD COLUMN temporary_hash text;      -- argon2id
ALTER TABLE pin ADD COLUMN temporary_until timestamptz;
ALTER TABLE pin ADD COLUMN temporary_wrong integer NOT NULL DEFAULT 0 CHECK (temporary_wrong >= 0);
ALTER TABLE pin ADD CONSTRAINT pin_temporary CHECK ((temporary_hash IS NULL) = (temporary_until IS NULL));

CREATE TABLE pin_reset (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id  bigint NOT NULL REFERENCES person,
    asked_by   integer NOT NULL REFERENCES officer,
    asked_at   timestamptz NOT NULL,
    checked    text NOT NULL CHECK (checked <> ''),  -- how the first officer knew who it was
    given_by   integer REFERENCES officer,
    given_at   timestamptz,
    CONSTRAINT giver_is_not_asker CHECK (given_by <> asked_by),
    CHECK ((given_by IS NULL) = (given_at IS NULL))
);

-- Helpers, and every use of somebody else's record ---------------------------------------------------------

CREATE TABLE helper (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id    bigint NOT NULL REFERENCES person,
    e164         text NOT NULL CHECK (e164 ~ '^\+[1-9][0-9]{6,14}$'),
    name         text NOT NULL CHECK (name <> ''),
    consent      text NOT NULL CHECK (consent <> ''),   -- how the owner agreed, in the officer's words
    recorded_by  integer NOT NULL REFERENCES officer,
    since        timestamptz NOT NULL,
    ended_at     timestamptz
);
CREATE UNIQUE INDEX helper_once ON helper (person_id, e164) WHERE ended_at IS NULL;
CREATE INDEX helper_e164 ON helper (e164) WHERE ended_at IS NULL;

CREATE TABLE record_use (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    person_id   bigint NOT NULL REFERENCES person,
    by_phone    text,
    by_officer  integer REFERENCES officer,
    what        text NOT NULL,
    consent     text NOT NULL CHECK (consent <> ''),
    used_at     timestamptz NOT NULL,
    CHECK ((by_phone IS NULL) <> (by_officer IS NULL))
);
CREATE INDEX record_use_person ON record_use (person_id, used_at DESC);
CREATE FUNCTION refuse_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was looked at stays written down' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER record_use_append_only BEFORE UPDATE OR DELETE ON record_use
    FOR EACH ROW EXECUTE FUNCTION refuse_forgetting();

-- A number that is doubted, and by whom it was proved again ------------------------------------------------

CREATE TABLE phone_event (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    e164        text NOT NULL,
    person_id   bigint REFERENCES person,
    what        text NOT NULL CHECK (what IN ('doubted', 'proved')),
    because     text NOT NULL CHECK (because <> ''),
    by_officer  integer REFERENCES officer,
    at          timestamptz NOT NULL
);

-- What a visit had already done when its line was cut ------------------------------------------------------

ALTER TABLE visit ADD COLUMN commanded boolean NOT NULL DEFAULT false;
