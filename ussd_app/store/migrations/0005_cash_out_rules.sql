-- Limits, fees, wallets, and the points themselves.
SELECT 1;
