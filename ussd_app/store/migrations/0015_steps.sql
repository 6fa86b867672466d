-- Two steps of one order may be written at one moment, as when several parts of it turn out to have come back: what each
-- was for tells them apart.
DROP VIEW provider_movement;
CREATE VIEW provider_movement AS
    SELECT journal_id, provider, kind, created_at AS at, reason, sum(amount)::bigint AS amount FROM (
        SELECT t.journal_id, t.amount, t.created_at, t.reason,
               split_part(CASE WHEN c.kind IN ('clearing', 'fees') THEN c.code ELSE d.code END, ':', 2) AS provider,
               CASE WHEN c.kind = 'settled' THEN 'funded' WHEN c.kind = 'fees' THEN 'fee'
                    WHEN c.kind = 'clearing' THEN 'paid_out' ELSE 'reversed' END AS kind
        FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
        WHERE t.kind IN ('single', 'post') AND (c.kind IN ('clearing', 'fees') OR d.kind IN ('clearing', 'fees'))
    ) moved GROUP BY journal_id, provider, kind, created_at, reason;
