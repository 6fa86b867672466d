-- Rates, pauses, and a second carrier.
SELECT 1;
