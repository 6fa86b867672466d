"""Which mobile-money account is a person's own: named on an approved list, and a number proved to be theirs."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from ussd_app.domain.phone import Phone
from ussd_app.store.vault import Vault

PAYOUT_ACCOUNT = "payout account"


def own(vault: Vault, sealed: bytes, proved: Sequence[str]) -> Phone | None:
    """The account as a number, where it is one of the proved ones; in whatever notation the list had it."""
    named = "".join(filter(str.isdigit, vault.open(PAYOUT_ACCOUNT, sealed)))
    return next((Phone(each) for each in proved if named in (each[1:], f"0{each[3:]}")), None)


def of(db: Connection, vault: Vault, person_id: int) -> Phone | None:
    row = db.execute(
        text("""SELECT p.payout_account_sealed AS sealed,
                       ARRAY(SELECT e164 FROM person_phone WHERE person_id = p.id AND unproven_at IS NULL) AS proved
                FROM person p WHERE p.id = :person AND p.payout_method = 'mobile_money'
                  AND p.payout_account_sealed IS NOT NULL"""),
        {"person": person_id},
    ).first()
    return own(vault, row.sealed, row.proved) if row else None
