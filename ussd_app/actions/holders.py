"""Whose mobile-money account it is, as its provider says: kept beside the person, and asked about where it is another's."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from ussd_app.actions.desk import Desk
from ussd_app.domain.names import same_name
from ussd_app.store import cash_outs, number_checks, references, wallets
from ussd_app.store.cash_outs import CashOut


def note_holder(db: Connection, desk: Desk, cash_out: CashOut, theirs: str, now: datetime) -> bool:
    """Keep the name under which the account is held; True when it is the person's own, or none is told.

    Before the next release the person's payments are held for another name, and an officer is asked about it at once.
    """
    if theirs and wallets.of(db, desk.vault, cash_out.person_id) == cash_out.wallet:  # else it is an old account's
        number_checks.keep_holder_name(db, cash_out.person_id, theirs)
    own = not theirs or same_name(number_checks.name_of(db, cash_out.person_id), theirs)
    if not own:
        cash_outs.note_again(db, "name_mismatch", cash_out.id, references.new(db, "V"), now)
    return own
