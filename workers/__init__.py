"""Work done later, woken by RQ, promised by database rows."""
