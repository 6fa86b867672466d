-- Checks before release, statements, and the daily close.
SELECT 1;
