-- Programmes with dated amounts, commune trust accounts, and money that nobody claimed.
SELECT 1;
