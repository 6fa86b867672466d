-- Carriers of messages: what each message cost, how fast a carrier may be used, whether it is well, what is held back.

ALTER TABLE sms_message ADD COLUMN cost_millidong bigint CHECK (cost_millidong >= 0);
COMMENT ON COLUMN sms_message.cost_millidong IS
    'What the carrier charges for the message, all parts, in thousandths of a đồng: carriers name prices in parts of a đồng, '
    'and a budget must add up. Null until a carrier has named a price in đồng; another currency is not written down.';
COMMENT ON COLUMN sms_message.parts IS
    'Parts on the air: counted from the text when the row is written, and as the carrier says where it says so.';
COMMENT ON COLUMN sms_message.provider IS
    'The carrier that was called last; written with `sending`, before the call.';

ALTER TABLE sms_report ADD COLUMN cost_millidong bigint CHECK (cost_millidong >= 0);

-- A claim changes nothing that is indexed, so that it leaves no dead entries in any index.
DROP INDEX sms_message_sending;
CREATE INDEX sms_message_sending ON sms_message (id) WHERE state = 'sending';
CREATE INDEX sms_message_unreported ON sms_message (provider, sending_at) WHERE state = 'sent';
ALTER TABLE sms_message SET (fillfactor = 75, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.1);
ALTER TABLE sms_report SET (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

CREATE TABLE sms_carrier (
    name          text PRIMARY KEY,
    tokens        double precision NOT NULL DEFAULT 0,      -- parts that may be handed over now; all workers share them
    filled_at     timestamptz NOT NULL DEFAULT now(),
    breaker       text NOT NULL DEFAULT 'closed' CHECK (breaker IN ('closed', 'open', 'half_open')),
    window_began  timestamptz NOT NULL DEFAULT now(),
    answers       integer NOT NULL DEFAULT 0,               -- in this window
    troubles      integer NOT NULL DEFAULT 0,               -- of these: busy or unsure
    openings      integer NOT NULL DEFAULT 0,               -- in a row: each lasts longer than the one before
    look_at       timestamptz                               -- open: when to try one message; half open: when that has failed
);
COMMENT ON TABLE sms_carrier IS 'One row for each carrier that was ever used: its measure and its health, shared by all workers.';

CREATE TABLE sms_pause (
    id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    lane        smallint CHECK (lane BETWEEN 0 AND 3),      -- null: every lane
    provider    text,                                       -- null: every carrier
    paused_by   integer NOT NULL REFERENCES officer,
    paused_at   timestamptz NOT NULL DEFAULT now(),
    resumed_by  integer REFERENCES officer,
    resumed_at  timestamptz,
    CHECK ((resumed_by IS NULL) = (resumed_at IS NULL))
);
COMMENT ON TABLE sms_pause IS 'What an operator holds back, and held back before; rows are ended, never removed.';
CREATE UNIQUE INDEX sms_pause_now ON sms_pause (coalesce(lane, -1), coalesce(provider, '')) WHERE resumed_at IS NULL;
