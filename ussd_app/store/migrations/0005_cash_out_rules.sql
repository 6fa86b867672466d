-- Where a cash-out goes: cash at a point, or the person's own mobile-money account -------------------------

ALTER TABLE cash_out ALTER COLUMN point_code DROP NOT NULL;
ALTER TABLE cash_out ADD COLUMN kind text NOT NULL DEFAULT 'code' CHECK (kind IN ('code', 'wallet'));
ALTER TABLE cash_out ADD COLUMN wallet_sealed bytea;                -- the account's number, AES-GCM
ALTER TABLE cash_out ADD CONSTRAINT cash_out_goes_to_one_place CHECK (CASE kind
    WHEN 'code' THEN point_code IS NOT NULL AND wallet_sealed IS NULL
    ELSE point_code IS NULL AND wallet_sealed IS NOT NULL END);

ALTER TABLE cash_out ADD COLUMN code_lookup bytea;                  -- keyed HMAC, to know a code that a point keys in
ALTER TABLE cash_out ADD CONSTRAINT cash_out_code_forgotten CHECK
    (state NOT IN ('paid', 'failed', 'reversed') OR code_lookup IS NULL);
CREATE INDEX cash_out_code_at_point ON cash_out (point_code) WHERE state = 'issued';
CREATE INDEX cash_out_paid_at_point ON cash_out (point_code, ended_at) WHERE state = 'paid';

ALTER TABLE cash_out ADD COLUMN reversed_amount bigint NOT NULL DEFAULT 0;
ALTER TABLE cash_out ADD CONSTRAINT cash_out_reversed_at_most_once_over CHECK (reversed_amount BETWEEN 0 AND amount);

-- What the owner says was really handed over ----------------------------------------------------------------

ALTER TABLE cash_out ADD COLUMN given text NOT NULL DEFAULT 'not_asked'
    CHECK (given IN ('not_asked', 'skipped', 'full', 'less', 'nothing'));
ALTER TABLE cash_out ADD COLUMN given_amount bigint CHECK (given_amount >= 0);
ALTER TABLE cash_out ADD COLUMN given_at timestamptz;
CREATE INDEX cash_out_given_short ON cash_out (point_code, given_at) WHERE given IN ('less', 'nothing');

ALTER TABLE complaint DROP CONSTRAINT complaint_kind_check;
ALTER TABLE complaint ADD CONSTRAINT complaint_kind_check CHECK (kind IN
    ('not_received', 'wrong_amount', 'call_back', 'fee_taken', 'lost_sim', 'suspicious_call', 'short_cash'));
ALTER TABLE complaint ADD COLUMN cash_out_id uuid REFERENCES cash_out;
ALTER TABLE complaint ADD COLUMN point_code text REFERENCES point;
ALTER TABLE complaint ADD CONSTRAINT complaint_about_a_cash_out CHECK (kind <> 'short_cash' OR cash_out_id IS NOT NULL);

-- Limits and fees, each from a day on; the provider `*` stands for every provider without a row of its own ----

CREATE TABLE provider_limit (
    provider          text NOT NULL,
    valid_from        date NOT NULL,
    per_cash_out_min  bigint NOT NULL DEFAULT 0 CHECK (per_cash_out_min >= 0),
    per_cash_out_max  bigint CHECK (per_cash_out_max > 0),         -- NULL: none is set
    per_day           bigint CHECK (per_day > 0),
    per_month         bigint CHECK (per_month > 0),
    source            text NOT NULL CHECK (source <> ''),
    PRIMARY KEY (provider, valid_from),
    CHECK (per_cash_out_max IS NULL OR per_cash_out_min <= per_cash_out_max)
);
INSERT INTO provider_limit (provider, valid_from, per_month, source) VALUES
    ('*', '2021-03-09', 10000000, 'Decision 316/QĐ-TTg of 9 March 2021, the pilot'),
    ('*', '2026-01-01', 100000000, 'Decree 368/2025/NĐ-CP');

CREATE TABLE provider_fee (
    provider    text NOT NULL,
    valid_from  date NOT NULL,
    flat        bigint NOT NULL DEFAULT 0 CHECK (flat >= 0),
    share       integer NOT NULL DEFAULT 0 CHECK (share BETWEEN 0 AND 10000),   -- in ten-thousandths of the amount
    waived_by   text NOT NULL DEFAULT '',                           -- who takes it over; empty: its owner pays
    source      text NOT NULL CHECK (source <> ''),
    PRIMARY KEY (provider, valid_from)
);

-- Which communes are near each other: those of one district, as the districts were until 1 July 2025 --------

ALTER TABLE commune ADD COLUMN former_district text;

-- The points: when they are open, whether they have cash today, and why they may not pay --------------------

ALTER TABLE point ADD COLUMN opens_at time;                         -- local; NULL: not known, taken as always open
ALTER TABLE point ADD COLUMN shuts_at time;
ALTER TABLE point ADD COLUMN open_days smallint[] NOT NULL DEFAULT '{1,2,3,4,5,6,7}'
    CHECK (open_days <@ '{1,2,3,4,5,6,7}' AND open_days <> '{}');   -- ISO 8601: Monday is 1
ALTER TABLE point ADD COLUMN no_cash_on date;                       -- the local day on which it said it has none
ALTER TABLE point ADD COLUMN suspended_because text CHECK (suspended_because <> '');
ALTER TABLE point ADD CONSTRAINT point_hours CHECK ((opens_at IS NULL) = (shuts_at IS NULL) AND opens_at < shuts_at);

CREATE TABLE point_event (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    point_code  text NOT NULL REFERENCES point,
    what        text NOT NULL CHECK (what IN ('opened', 'closed', 'suspended', 'hours', 'cash', 'no_cash', 'phone_added',
                                              'phone_ended', 'unlocked')),
    because     text NOT NULL DEFAULT '',
    by_officer  integer REFERENCES officer,
    by_phone    text,
    at          timestamptz NOT NULL,
    CHECK ((by_officer IS NULL) <> (by_phone IS NULL))
);

-- The phones of the points, whose keepers have a PIN of their own ------------------------------------------

CREATE TABLE point_phone (
    e164           text PRIMARY KEY CHECK (e164 ~ '^\+[1-9][0-9]{6,14}$'),
    point_code     text NOT NULL REFERENCES point,
    pin_hash       text NOT NULL,                                   -- argon2id
    pin_starting   boolean NOT NULL DEFAULT true,                   -- sent by us: it only opens the way to one's own
    pin_until      timestamptz,                                     -- of a starting PIN
    proposed_hash  text,
    wrong_tries    integer NOT NULL DEFAULT 0 CHECK (wrong_tries >= 0),
    added_by       integer NOT NULL REFERENCES officer,
    since          timestamptz NOT NULL,
    ended_at       timestamptz
);

-- A code that a point keyed in: a row first, and a worker takes it to the provider -------------------------

CREATE TABLE redemption (
    id                  uuid PRIMARY KEY,                           -- ours; the same again asks, and pays nothing twice
    cash_out_id         uuid NOT NULL REFERENCES cash_out,
    point_code          text NOT NULL REFERENCES point,
    asked_from          text NOT NULL,
    state               text NOT NULL DEFAULT 'asked' CHECK (state IN ('asked', 'sent', 'unsure', 'redeemed', 'refused')),
    reason              text NOT NULL DEFAULT '',
    provider_reference  text,
    asks                integer NOT NULL DEFAULT 0,
    asked_at            timestamptz NOT NULL,
    ended_at            timestamptz,
    next_step_at        timestamptz NOT NULL,
    lease_until         timestamptz
);
CREATE UNIQUE INDEX redemption_one_live ON redemption (cash_out_id) WHERE state <> 'refused';
CREATE INDEX redemption_due ON redemption (next_step_at) WHERE state IN ('asked', 'sent', 'unsure');
CREATE INDEX redemption_point ON redemption (point_code, asked_at DESC);
CREATE INDEX redemption_phone ON redemption (asked_from, asked_at DESC);

-- Guessing: what was tried wrong, kept where a restart does not forget it ----------------------------------

CREATE TABLE code_guess (
    scope         text NOT NULL CHECK (scope IN ('phone', 'point')),
    key           text NOT NULL,
    wrong         integer NOT NULL DEFAULT 0,
    since         timestamptz NOT NULL,
    locks         integer NOT NULL DEFAULT 0,
    locked_until  timestamptz,
    PRIMARY KEY (scope, key)
);

-- What an officer must look at -----------------------------------------------------------------------------

CREATE TABLE cash_out_finding (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    reference    text NOT NULL UNIQUE,
    kind         text NOT NULL CHECK (kind IN ('guessing', 'late_success', 'reversed')),
    point_code   text REFERENCES point,
    cash_out_id  uuid REFERENCES cash_out,
    how_often    integer NOT NULL DEFAULT 1,
    first_at     timestamptz NOT NULL,
    last_at      timestamptz NOT NULL,
    closed_by    integer REFERENCES officer,
    closed_at    timestamptz,
    outcome      text NOT NULL DEFAULT '',
    CHECK ((closed_by IS NULL) = (closed_at IS NULL)),
    CHECK ((kind = 'guessing') = (cash_out_id IS NULL))
);
CREATE UNIQUE INDEX cash_out_finding_late ON cash_out_finding (cash_out_id) WHERE kind = 'late_success';
CREATE INDEX cash_out_finding_open ON cash_out_finding (point_code, kind) WHERE closed_at IS NULL;

-- An attempt that the provider does not know after its window: one officer says what became of it, another confirms

CREATE TABLE cash_out_declaration (
    cash_out_id   uuid PRIMARY KEY REFERENCES cash_out,
    verdict       text NOT NULL CHECK (verdict IN ('paid', 'failed')),
    because       text NOT NULL CHECK (because <> ''),
    declared_by   integer NOT NULL REFERENCES officer,
    declared_at   timestamptz NOT NULL,
    confirmed_by  integer REFERENCES officer,
    confirmed_at  timestamptz,
    CONSTRAINT confirmer_is_not_declarer CHECK (confirmed_by <> declared_by),
    CHECK ((confirmed_by IS NULL) = (confirmed_at IS NULL))
);
