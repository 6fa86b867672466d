-- Campaigns: one notice to many people, drafted by one officer and approved by another ---------------------

CREATE TABLE campaign (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name         text NOT NULL CHECK (name <> ''),
    kind         text NOT NULL,                     -- the notice's permanent name
    programme    text,
    cycle        text CHECK (cycle ~ '^20[0-9]{2}-(0[1-9]|1[0-2])$'),
    details      jsonb NOT NULL DEFAULT '{}',       -- what fills the notice: a day, a place
    state        text NOT NULL DEFAULT 'draft' CHECK (state IN ('draft', 'approved', 'paused', 'done', 'cancelled')),
    starts_at    timestamptz NOT NULL,
    between_communes_s    integer NOT NULL CHECK (between_communes_s >= 0),
    an_hour_at_a_point    integer CHECK (an_hour_at_a_point > 0),   -- none: as fast as the lane goes
    drafted_by   integer NOT NULL REFERENCES officer,
    drafted_at   timestamptz NOT NULL,
    approved_by  integer REFERENCES officer,
    approved_at  timestamptz,
    ended_at     timestamptz,
    CONSTRAINT campaign_approver_is_not_author CHECK (approved_by <> drafted_by),
    CHECK ((approved_by IS NULL) = (approved_at IS NULL)),
    CHECK (state NOT IN ('approved', 'paused', 'done') OR approved_by IS NOT NULL)
);

CREATE TABLE campaign_commune (
    campaign_id  bigint NOT NULL REFERENCES campaign,
    commune_id   integer NOT NULL REFERENCES commune,
    turn         integer NOT NULL,                  -- in this order the communes begin
    PRIMARY KEY (campaign_id, commune_id)
);

CREATE TABLE campaign_person (
    campaign_id  bigint NOT NULL REFERENCES campaign,
    person_id    bigint NOT NULL REFERENCES person,
    commune_id   integer NOT NULL REFERENCES commune,
    payment_id   bigint REFERENCES payment,         -- the one the notice speaks of
    not_before   timestamptz NOT NULL,
    state        text NOT NULL DEFAULT 'planned' CHECK (state IN ('planned', 'queued', 'left_out')),
    why          text NOT NULL DEFAULT '',          -- left out: no_phone, unproven, opted_out, deceased
    CHECK ((state = 'left_out') = (why <> '')),
    PRIMARY KEY (campaign_id, person_id)
);
CREATE INDEX campaign_person_planned ON campaign_person (not_before, campaign_id) WHERE state = 'planned';

CREATE TABLE campaign_event (
    campaign_id  bigint NOT NULL REFERENCES campaign,
    what         text NOT NULL CHECK (what IN ('drafted', 'approved', 'paused', 'resumed', 'cancelled', 'done')),
    by_officer   integer REFERENCES officer,
    because      text NOT NULL DEFAULT '',
    at           timestamptz NOT NULL
);

-- What a phone was sent lately: how many reminders today, and whether anything still arrives.
CREATE INDEX sms_message_e164 ON sms_message (e164, created_at);

-- What never arrived becomes work for the person's commune -------------------------------------------------

CREATE TABLE undelivered (
    message_id  bigint PRIMARY KEY REFERENCES sms_message,
    person_id   bigint NOT NULL REFERENCES person,
    commune_id  integer NOT NULL REFERENCES commune,
    opened_at   timestamptz NOT NULL,
    done_at     timestamptz,
    done_by     integer REFERENCES officer,
    how         text NOT NULL DEFAULT '',
    CHECK ((done_at IS NULL) = (how = ''))
);
CREATE INDEX undelivered_open ON undelivered (commune_id, opened_at) WHERE done_at IS NULL;
CREATE INDEX sms_message_failed ON sms_message (changed_at) WHERE state IN ('undelivered', 'refused', 'expired', 'unsure');

-- What a month of messages may cost ------------------------------------------------------------------------

CREATE TABLE sms_budget (
    month   text PRIMARY KEY CHECK (month ~ '^20[0-9]{2}-(0[1-9]|1[0-2])$'),
    amount  bigint NOT NULL CHECK (amount > 0),     -- đồng
    set_by  integer NOT NULL REFERENCES officer,
    set_at  timestamptz NOT NULL
);
