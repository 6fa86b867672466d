-- Campaigns and their budgets.
SELECT 1;
