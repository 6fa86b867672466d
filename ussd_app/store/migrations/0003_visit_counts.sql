-- What people do, counted without saying who ---------------------------------------------------------------

ALTER TABLE visit ADD COLUMN path text NOT NULL DEFAULT '';   -- the names of the screens shown, in their order
CREATE INDEX visit_changed ON visit USING brin (changed_at) WITH (pages_per_range = 16, autosummarize = on);

CREATE TABLE visit_count (
    day           date NOT NULL,
    network_code  text NOT NULL,
    commune_code  text NOT NULL,
    age_band      text NOT NULL,
    ending        text NOT NULL CHECK (ending IN ('finished', 'cut', 'timeout', 'error', 'untold')),
    visits        integer NOT NULL,
    turns         integer NOT NULL,
    seconds       bigint NOT NULL,
    PRIMARY KEY (day, network_code, commune_code, age_band, ending)
);

CREATE TABLE screen_count (
    day           date NOT NULL,
    network_code  text NOT NULL,
    commune_code  text NOT NULL,
    age_band      text NOT NULL,
    screen        text NOT NULL,
    reached       integer NOT NULL,                 -- visits, not times
    finished      integer NOT NULL,                 -- visits that ended here as they should
    left_here     integer NOT NULL,                 -- visits that ended here for any other cause
    PRIMARY KEY (day, network_code, commune_code, age_band, screen)
);

CREATE TABLE refusal_count (
    day     date NOT NULL,
    reason  text NOT NULL,
    turns   integer NOT NULL,
    PRIMARY KEY (day, reason)
);

CREATE TABLE visits_counted (
    only_row  boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    until     timestamptz NOT NULL
);
INSERT INTO visits_counted (until) VALUES ('2000-01-01');
