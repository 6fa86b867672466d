"""How an amount is typed at a command: whole đồng, grouped or not; anything doubtful is asked for again."""

from __future__ import annotations

import re

from ussd_app.actions.payments import NotAllowed
from ussd_app.domain.money import Dong

MOST = 99_999_999_999_999  # đồng; a hundred times the province's budget of a year is a typing error


def amount_typed(written: str) -> Dong:
    """`500000`, `500.000` or `500,000`; `500000.5` is no amount, nor ten times as much. Raises NotAllowed."""
    whole = re.fullmatch(r"[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?:,[0-9]{3})+", written.strip())
    digits = re.sub(r"[.,]", "", written.strip())
    if whole is None or len(digits) > len(str(MOST)) or not 0 < int(digits) <= MOST:
        raise NotAllowed(f"{written!r} is not an amount in whole đồng.")
    return Dong(int(digits))
