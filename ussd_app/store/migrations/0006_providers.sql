-- A cash-out may need more than one attempt, one after the other ---------------------------------------------

ALTER TABLE cash_out ADD COLUMN attempt_id uuid;                    -- NULL: the first, whose id is the cash-out's own
CREATE UNIQUE INDEX cash_out_attempt ON cash_out (attempt_id) WHERE attempt_id IS NOT NULL;

CREATE TABLE spent_attempt (                                        -- surely came to nothing: its id is never sent again
    attempt_id   uuid PRIMARY KEY,
    cash_out_id  uuid NOT NULL REFERENCES cash_out,
    reason       text NOT NULL,
    ended_at     timestamptz NOT NULL
);
CREATE INDEX spent_attempt_of ON spent_attempt (cash_out_id);

ALTER TABLE cash_out ADD COLUMN watch_at timestamptz;               -- when to ask about an ended one again
ALTER TABLE cash_out ADD COLUMN told_late_at timestamptz;           -- its owner knows that it takes longer than promised
CREATE INDEX cash_out_watched ON cash_out (watch_at) WHERE watch_at IS NOT NULL AND state IN ('paid', 'failed');
CREATE INDEX cash_out_undecided ON cash_out (asked_at)
    WHERE state IN ('held', 'sent', 'unknown') AND told_late_at IS NULL;

-- A provider that cannot take orders just now ----------------------------------------------------------------

CREATE TABLE provider_pause (
    provider  text PRIMARY KEY,
    reason    text NOT NULL,
    since     timestamptz NOT NULL,
    until     timestamptz NOT NULL,                                 -- then one order is tried
    times     integer NOT NULL DEFAULT 1 CHECK (times > 0)
);

CREATE TABLE provider_beat (
    provider  text PRIMARY KEY,
    asked_at  timestamptz NOT NULL,
    service   text NOT NULL DEFAULT 'unknown' CHECK (service IN ('available', 'degraded', 'unavailable', 'unknown'))
);

-- What was asked about a number before money followed it -----------------------------------------------------

CREATE TABLE number_check (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    e164         text NOT NULL,
    person_id    bigint REFERENCES person,                          -- for whom it was asked
    what         text NOT NULL CHECK (what IN ('sim_swap', 'holder')),
    provider     text NOT NULL,
    request_id   text NOT NULL DEFAULT '',                          -- theirs, where the answer is called back
    asked_at     timestamptz NOT NULL,
    outcome      text NOT NULL CHECK (outcome IN ('asked', 'clear', 'swapped', 'mismatch', 'no_wallet', 'unsure')),
    answered_at  timestamptz,
    swapped_on   date,
    CHECK ((outcome = 'asked') = (answered_at IS NULL)),
    CHECK ((outcome = 'swapped') = (swapped_on IS NOT NULL))
);
CREATE UNIQUE INDEX number_check_request ON number_check (provider, request_id) WHERE request_id <> '';
CREATE INDEX number_check_of ON number_check (e164, what, asked_at DESC);
