-- What the proof asks of the tables.
SELECT 1;
