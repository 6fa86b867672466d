-- References that people read out: drawn at random, and never given twice ----------------------------------

CREATE TABLE reference_given (
    reference  text PRIMARY KEY
);

-- Drawn, not counted: a database restored from yesterday must not give out what was given since.
CREATE FUNCTION new_reference(letter text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    drawn text;
    digits integer := 7;
BEGIN
    LOOP
        drawn := letter || lpad(floor(random() * 10 ^ digits)::bigint::text, digits, '0');
        INSERT INTO reference_given (reference) VALUES (drawn) ON CONFLICT DO NOTHING;
        IF FOUND THEN
            RETURN drawn;
        END IF;
        IF random() < 0.05 THEN
            digits := 8;                            -- so many were given that most draws are taken
        END IF;
    END LOOP;
END $$;
