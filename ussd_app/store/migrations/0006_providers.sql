-- What is remembered of each mobile-money provider.
SELECT 1;
