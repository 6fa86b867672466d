-- What people send us: text messages and missed calls, each kept once ------------------------------------------

CREATE TABLE inbound (
    provider      text NOT NULL,
    channel       text NOT NULL CHECK (channel IN ('sms', 'ring')),
    provider_id   text NOT NULL,                    -- theirs; retried for twelve hours until we say 200
    sender        text NOT NULL,                    -- as they wrote it; a short code or a name is no phone
    e164          text,                             -- the sender, when it is a phone
    sent_to       text NOT NULL DEFAULT '',
    body_sealed   bytea,                            -- numbers of four digits and more are struck out before
    wish          text NOT NULL,
    person_id     bigint REFERENCES person,
    payment_id    bigint REFERENCES payment,        -- which payment it was about, when it answered one
    reply         text,                             -- kind of the message that answered it
    received_at   timestamptz NOT NULL,
    PRIMARY KEY (provider, channel, provider_id)
);
CREATE INDEX inbound_e164 ON inbound (e164, received_at DESC) WHERE e164 IS NOT NULL;

-- Who wants no reminders: kept by number, as a carrier tells it ------------------------------------------------

CREATE TABLE opt_out (
    e164        text PRIMARY KEY,
    via         text NOT NULL CHECK (via IN ('sms', 'carrier', 'officer')),
    since       timestamptz NOT NULL,
    ended_at    timestamptz
);

-- Did the money come? Asked once -------------------------------------------------------------------------------

ALTER TABLE payment ADD COLUMN asked_at timestamptz;
CREATE INDEX payment_to_ask ON payment (released_at) WHERE state = 'released' AND receipt = 'not_asked' AND asked_at IS NULL;

-- How a ticket ended -------------------------------------------------------------------------------------------

ALTER TABLE complaint ADD COLUMN closed_at timestamptz;
ALTER TABLE complaint ADD COLUMN closed_by integer REFERENCES officer;
ALTER TABLE complaint ADD COLUMN closed_because text CHECK (closed_because <> '');

-- Who may be told: the one place that says to which numbers a person's messages go -----------------------------

CREATE VIEW recipient AS
SELECT h.person_id, h.e164, h.since, h.unproven_at IS NULL AS proven,
       (SELECT count(*) FROM person_phone o WHERE o.e164 = h.e164 AND o.unproven_at IS NULL) > 1 AS shared,
       EXISTS (SELECT FROM opt_out s WHERE s.e164 = h.e164 AND s.ended_at IS NULL) AS stopped
FROM person_phone h JOIN person p ON p.id = h.person_id WHERE p.deceased_on IS NULL;
COMMENT ON VIEW recipient IS 'Every sender reads this, and none reads person_phone: who died or moved on is left out here.';
