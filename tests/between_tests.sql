-- Put into the template that tests' databases are copied from: how one of them is made again what it was.
CREATE SCHEMA between_tests;

CREATE SEQUENCE between_tests.alterations;
CREATE FUNCTION between_tests.notice() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM nextval('between_tests.alterations');
END $$;

CREATE TABLE between_tests.made (name text PRIMARY KEY, copy text);
CREATE TABLE between_tests.counted AS
    SELECT format('%I.%I', schemaname, sequencename) AS name, last_value FROM pg_sequences WHERE schemaname = 'public';

DO $$
DECLARE
    made record;
    filled boolean;
BEGIN
    FOR made IN SELECT relname, format('public.%I', relname) AS name FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', made.name) INTO filled;
        IF filled THEN
            EXECUTE format('CREATE TABLE between_tests.%I AS TABLE %s', made.relname || '_rows', made.name);
        END IF;
        INSERT INTO between_tests.made
            VALUES (made.name, CASE WHEN filled THEN format('between_tests.%I', made.relname || '_rows') END);
    END LOOP;
END $$;

-- How many rows had to go; no trigger of ours sees it, and no key is looked after.
CREATE FUNCTION between_tests.put_back() RETURNS bigint LANGUAGE plpgsql SET session_replication_role = replica AS $$
DECLARE
    made record;
    differs boolean := true;
    gone bigint;
    altogether bigint := 0;
BEGIN
    FOR made IN SELECT name, copy FROM between_tests.made LOOP
        IF made.copy IS NOT NULL THEN
            EXECUTE format('SELECT EXISTS ((TABLE %1$s EXCEPT ALL TABLE %2$s) UNION ALL (TABLE %2$s EXCEPT ALL TABLE %1$s))',
                           made.name, made.copy) INTO differs;
            CONTINUE WHEN NOT differs;
        END IF;
        EXECUTE format('DELETE FROM %s', made.name);
        GET DIAGNOSTICS gone = ROW_COUNT;
        altogether := altogether + gone;
        IF made.copy IS NOT NULL THEN
            EXECUTE format('INSERT INTO %s OVERRIDING SYSTEM VALUE TABLE %s', made.name, made.copy);
        END IF;
    END LOOP;
    PERFORM setval(name, coalesce(last_value, 1), last_value IS NOT NULL) FROM between_tests.counted;
    RETURN altogether;
END $$;

CREATE EVENT TRIGGER made_or_altered ON ddl_command_end EXECUTE FUNCTION between_tests.notice();
CREATE EVENT TRIGGER dropped ON sql_drop EXECUTE FUNCTION between_tests.notice();
