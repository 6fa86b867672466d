-- What people send us by SMS.
SELECT 1;
