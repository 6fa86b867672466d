"""Every message there is, by its permanent name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any

from sms.care_notices import CARE_NOTICES
from sms.cash_out_notices import CASH_OUT_NOTICES
from sms.kinds import Notice
from sms.notices import NOTICES
from sms.payment_notices import PAYMENT_NOTICES
from sms.replies import REPLIES

EVERY_NOTICE: Mapping[str, type[Notice]] = {
    **NOTICES,
    **CASH_OUT_NOTICES,
    **PAYMENT_NOTICES,
    **CARE_NOTICES,
    **REPLIES,
}


class NoSuchNotice(ValueError):
    """There is no message of this name, or facts that it needs are not given; the message says which."""


def notice_for(kind: str, facts: Mapping[str, Any]) -> Notice:
    """The message of this name for one person; `facts` may hold more than it needs, by the names of its fields."""
    made = EVERY_NOTICE.get(kind)
    if made is None:
        raise NoSuchNotice(f"There is no message called {kind!r}.")
    if missing := sorted(facts_needed(kind) - set(facts)):
        raise NoSuchNotice(f"The message {kind!r} needs {', '.join(missing)}.")
    return made(**{each.name: facts[each.name] for each in fields(made) if each.name in facts})


def facts_needed(kind: str) -> frozenset[str]:
    """What a message of this name cannot be written without."""
    every = fields(EVERY_NOTICE[kind])
    return frozenset(each.name for each in every if each.default is MISSING and each.default_factory is MISSING)
