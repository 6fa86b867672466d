"""Every invariant of the ledger that live data can show, and the sums that must close to the đồng."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Finding:
    """One invariant, looked at: `breaches` names what does not hold, and is empty when all is well."""

    invariant: str
    breaches: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """The whole ledger on one line each, in đồng."""

    by_kind: tuple[tuple[str, int, int, int], ...]
    """(kind of account, accounts, posted balance credit minus debit, pending debits)"""
    transfers: int


_LIMIT = 20  # breaches named for each invariant; the first is enough to stop a day

# Each statement returns one text per breach and nothing when the invariant holds.
INVARIANTS: tuple[tuple[str, str], ...] = (
    (
        "debits equal credits, posted and pending",
        """SELECT 'posted ' || sum(debits_posted) || ' against ' || sum(credits_posted) || ', pending '
                  || sum(debits_pending) || ' against ' || sum(credits_pending)
           FROM account
           HAVING sum(debits_posted) <> sum(credits_posted) OR sum(debits_pending) <> sum(credits_pending)""",
    ),
    (
        "stored counters equal what the transfers add up to",
        """WITH unresolved AS (
               SELECT p.debit_id, p.credit_id, p.amount FROM transfer p
               WHERE p.kind = 'pending' AND NOT EXISTS (SELECT FROM transfer r WHERE r.pending_id = p.id)
           ), legs AS (
               SELECT debit_id AS id, amount AS dp, 0 AS cp, 0 AS dh, 0 AS ch FROM transfer WHERE kind IN ('single','post')
               UNION ALL SELECT credit_id, 0, amount, 0, 0 FROM transfer WHERE kind IN ('single','post')
               UNION ALL SELECT debit_id, 0, 0, amount, 0 FROM unresolved
               UNION ALL SELECT credit_id, 0, 0, 0, amount FROM unresolved
           ), added AS (
               SELECT id, sum(dp) dp, sum(cp) cp, sum(dh) dh, sum(ch) ch FROM legs GROUP BY id
           )
           SELECT a.code || ' has drifted' FROM account a LEFT JOIN added s USING (id)
           WHERE (a.debits_posted, a.credits_posted, a.debits_pending, a.credits_pending)
                 IS DISTINCT FROM (coalesce(s.dp, 0)::bigint, coalesce(s.cp, 0)::bigint,
                                   coalesce(s.dh, 0)::bigint, coalesce(s.ch, 0)::bigint)""",
    ),
    (
        "no person's account is below nothing, holds included, and no month pays more than was funded",
        """SELECT code || ' is ' || (credits_posted - debits_posted - debits_pending) FROM account
           WHERE guarded AND credits_posted - debits_posted - debits_pending < 0""",
    ),
    (
        "a hold is resolved at most once, and for no more than was held",
        """SELECT p.id || ' is resolved ' || count(r.*) || ' times' FROM transfer p JOIN transfer r ON r.pending_id = p.id
           GROUP BY p.id, p.amount HAVING count(r.*) > 1 OR sum(r.amount) > p.amount""",
    ),
    (
        "no more came back than went, and the way it went; no more went again than came back",
        """SELECT f.id || ' moved ' || f.amount || ', and ' || sum(r.amount - coalesce(u.again, 0)) || ' came back'
           FROM transfer f JOIN transfer r ON r.reverses_id = f.id
           LEFT JOIN LATERAL (SELECT sum(amount) AS again FROM transfer WHERE reverses_id = r.id) u ON true GROUP BY f.id
           HAVING sum(r.amount - coalesce(u.again, 0)) > f.amount OR min(r.amount - coalesce(u.again, 0)) < 0
               OR bool_or(r.debit_id <> f.credit_id OR r.credit_id <> f.debit_id)""",
    ),
    (
        "nothing that was written can be changed or taken away",
        """SELECT name || ' is not in force' FROM (VALUES ('transfer_append_only'), ('transfer_never_emptied'),
               ('transfer_resolution'), ('transfer_reversal'), ('transfer_void_is_known')) AS t (name)
           WHERE NOT EXISTS (SELECT FROM pg_trigger g WHERE g.tgname = t.name AND g.tgenabled <> 'D')""",
    ),
    (
        "every released payment is credited exactly once, and no other is",
        """SELECT 'payment ' || p.id FROM payment p LEFT JOIN transfer t ON t.id = p.grant_id
           WHERE (p.state = 'released') <> (t.id IS NOT NULL) OR t.amount <> p.amount""",
    ),
    (
        "every live cash-out has its money held, and every ended one has not",
        """SELECT 'cash-out ' || c.reference || ' (' || c.state || ') holds ' || coalesce(h.held, 0) || ' of ' || c.amount
           FROM cash_out c LEFT JOIN LATERAL (
               SELECT sum(p.amount) FILTER (WHERE a.kind <> 'fees') AS held,
                      sum(p.amount) FILTER (WHERE a.kind = 'fees') AS fee
               FROM transfer p JOIN account a ON a.id = p.credit_id WHERE p.journal_id = c.id AND p.kind = 'pending'
               AND NOT EXISTS (SELECT FROM transfer r WHERE r.pending_id = p.id)) h ON true
           WHERE coalesce(h.held, 0) <> CASE WHEN c.state IN ('held','sent','unknown','issued') THEN c.amount ELSE 0 END
              OR coalesce(h.fee, 0) > CASE WHEN c.state IN ('held','sent','unknown','issued') THEN c.fee ELSE 0 END""",
    ),
    (
        "every paid cash-out is posted for no more than was asked, and no failed one is",
        """SELECT 'cash-out ' || c.reference || ' (' || c.state || ') posted ' || coalesce(h.posted, 0)
           FROM cash_out c LEFT JOIN LATERAL (
               SELECT sum(t.amount) AS posted FROM transfer t JOIN account a ON a.id = t.credit_id AND a.kind <> 'fees'
               WHERE t.journal_id = c.id AND t.kind = 'post') h ON true
           WHERE CASE WHEN c.state IN ('paid','reversed') THEN coalesce(h.posted, 0) NOT BETWEEN 1 AND c.amount
                      ELSE h.posted IS NOT NULL END""",
    ),
    (
        "a fee that programmes carry is charged once its cash-out is paid, as it stood when it was asked for",
        """SELECT 'cash-out ' || c.reference || ' (' || c.state || ') carried ' || coalesce(h.carried, 0)
           FROM cash_out c LEFT JOIN LATERAL (
               SELECT sum(t.amount) AS carried FROM transfer t JOIN account d ON d.id = t.debit_id AND d.kind = 'waived'
               JOIN account f ON f.id = t.credit_id AND f.kind = 'fees' WHERE t.journal_id = c.id) h ON c.fee_carried > 0
           WHERE coalesce(h.carried, 0) <> CASE WHEN c.state IN ('paid', 'reversed') THEN c.fee_carried ELSE 0 END""",
    ),
    (
        "no money moves from one programme to another",
        """SELECT 'transfer ' || t.id || ' from ' || d.code || ' to ' || c.code FROM transfer t
           JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id WHERE d.programme <> c.programme""",
    ),
    (
        "what the state gave each programme is with its people, in communes, paid, handed over, charged, or returned",
        """SELECT programme || ' is out by ' || amount || ' đồng' FROM (
               SELECT programme, sum(amount) AS amount FROM (
                   SELECT programme, credits_posted - debits_posted AS amount FROM account WHERE programme IS NOT NULL
                   UNION ALL
                   SELECT coalesce(d.programme, c.programme), CASE WHEN d.programme IS NULL THEN -t.amount ELSE t.amount END
                   FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
                   WHERE t.kind IN ('single', 'post') AND (d.programme IS NULL) <> (c.programme IS NULL)) every
               GROUP BY programme) s WHERE amount <> 0""",
    ),
    (
        "every đồng that a person has came from the treasury, for a month that can be named",
        """SELECT a.code || ' has ' || (a.credits_posted - a.debits_posted) || ', of which ' || coalesce(k.explained, 0)
                  || ' came from the treasury'
           FROM account a LEFT JOIN (SELECT account_id, sum(left_over) FILTER (WHERE cycle <> '') AS explained
                                     FROM kept_by_cycle GROUP BY 1) k ON k.account_id = a.id
           WHERE a.kind IN ('beneficiary', 'trust') AND a.credits_posted - a.debits_posted <> coalesce(k.explained, 0)""",
    ),
    (
        "of no month's money there is more with its people and in communes than was granted",
        """WITH granted AS (
               SELECT d.programme, coalesce(d.cycle, c.cycle) AS cycle,
                      sum(CASE d.kind WHEN 'treasury' THEN t.amount ELSE -t.amount END) AS amount
               FROM transfer t JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
               WHERE t.kind = 'single' AND (d.kind, c.kind) IN (('treasury', 'beneficiary'), ('beneficiary', 'treasury'))
               GROUP BY 1, 2
           ), kept AS (SELECT programme, cycle, sum(left_over) AS amount FROM kept_by_cycle GROUP BY 1, 2)
           SELECT k.programme || ' ' || k.cycle || ': ' || k.amount || ' of ' || coalesce(g.amount, 0)
           FROM kept k LEFT JOIN granted g USING (programme, cycle) WHERE k.amount > coalesce(g.amount, 0)""",
    ),
    (
        "every line of a pay-out session is held while it is open, and paid as it is written down",
        """SELECT 'session ' || s.id || ', number ' || p.number || ': ' || coalesce(p.handed, 0) || ' written down'
           FROM pay_session s JOIN pay_session_part p ON p.session_id = s.id
           LEFT JOIN LATERAL (
               SELECT sum(t.amount) FILTER (WHERE t.kind = 'post') AS paid,
                      sum(t.amount) FILTER (WHERE t.kind = 'pending' AND r.id IS NULL) AS held
               FROM transfer t LEFT JOIN transfer r ON r.pending_id = t.id WHERE t.journal_id = p.journal_id) m ON true
           WHERE coalesce(m.paid, 0) <> coalesce(p.handed, 0)
              OR coalesce(m.held, 0) <> CASE WHEN s.closed_by IS NULL AND p.handed IS NULL THEN p.amount ELSE 0 END""",
    ),
    (
        "nothing is corrected, carried, sent out again or returned unclaimed without two officers",
        """SELECT 'transfer ' || t.id || ' from ' || d.code || ' to ' || c.code FROM transfer t
           JOIN account d ON d.id = t.debit_id JOIN account c ON c.id = t.credit_id
           WHERE t.kind = 'single' AND (c.kind IN ('returned', 'suspense') AND d.kind <> 'clearing' OR d.kind = 'returned'
               OR (d.kind, c.kind) IN (('beneficiary', 'treasury'), ('fees', 'waived'))
               OR (d.kind, c.kind) IN (('beneficiary', 'handed_over'), ('beneficiary', 'trust')) AND t.created_at >
                   (SELECT min(g.created_at) FROM transfer g WHERE g.journal_id = t.journal_id))
           AND NOT EXISTS (SELECT FROM adjustment_transfer w JOIN adjustment_line l ON l.key = w.key
                           JOIN adjustment a ON a.id = l.adjustment_id
                           WHERE w.transfer_id = t.id AND a.agreed_by <> a.asked_by)""",
    ),
    (
        "no batch is released without three different signatures",
        """SELECT 'batch ' || id FROM payment_batch WHERE released_by IS NOT NULL
           AND (approved_by IS NULL OR released_by IN (approved_by, entered_by) OR approved_by = entered_by)""",
    ),
)


def check(db: Connection) -> tuple[Finding, ...]:
    """Look at every invariant in one consistent picture of the database."""
    db.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
    return tuple(
        Finding(name, tuple(str(row[0]) for row in db.execute(text(f"{sql} LIMIT {_LIMIT}")))) for name, sql in INVARIANTS
    )


def sums(db: Connection) -> Sums:
    by_kind = db.execute(
        text("""SELECT kind, count(*), sum(credits_posted - debits_posted)::bigint, sum(debits_pending)::bigint
                FROM account GROUP BY kind ORDER BY kind""")
    ).all()
    transfers = db.execute(text("SELECT count(*) FROM transfer")).scalar_one()
    return Sums(tuple((str(r[0]), int(r[1]), int(r[2]), int(r[3])) for r in by_kind), int(transfers))
