"""How much and how often a person's account may move, and which error of the standard says that it may not."""

from __future__ import annotations

from ussd_app.simulator.networks.book import Cursor
from ussd_app.simulator.networks.gsma.accounts import Account
from ussd_app.simulator.networks.gsma.errors import Refusal
from ussd_app.simulator.networks.gsma.money import Money, money
from ussd_app.simulator.networks.gsma.ways import Limits

_OF_PEOPLE = frozenset({"msisdn", "walletid"})
_ERRORS = {"total_volume": "accountMaxTotalVolumeExceeded", "total_value": "accountMaxTotalValueExceeded"} | {
    f"{period}_{measure}": f"{period}{measure.title()}LimitExceeded"
    for period in ("daily", "weekly", "monthly")
    for measure in ("volume", "value")
}


def check_size(limits: Limits, amount: Money) -> None:
    if limits.min_value is not None and amount.units < _units(limits.min_value, amount):
        raise Refusal("businessRule", "lessThanTransactionMinValue", "The amount is below the least.")
    if limits.max_value is not None and amount.units > _units(limits.max_value, amount):
        raise Refusal("businessRule", "greaterThanTransactionMaxValue", "The amount is above the most.")


def check_after(cursor: Cursor, limits: Limits, debit: Account, credit: Account, amount: Money) -> None:
    """Called when the movement is written down and both accounts are locked: what must not be is taken back whole."""
    for account in (debit, credit):
        if account.kind in _OF_PEOPLE:
            _check_account(cursor, limits, account, amount)
    _check_balance(cursor, limits, credit, amount)


def _check_account(cursor: Cursor, limits: Limits, account: Account, amount: Money) -> None:
    if not any(getattr(limits, name) is not None for name in _ERRORS):
        return
    row = cursor.execute(_SO_FAR, {"kind": account.kind, "identifier": account.identifier, "currency": amount.currency})
    so_far = row.fetchone() or {}
    for name, code in _ERRORS.items():
        most = getattr(limits, name)
        if most is not None and so_far[name] > (_units(most, amount) if name.endswith("value") else most):
            raise Refusal("businessRule", code, "The account has reached its limit.")


def _check_balance(cursor: Cursor, limits: Limits, credit: Account, amount: Money) -> None:
    if limits.max_balance is None or credit.kind not in _OF_PEOPLE:
        return
    row = cursor.execute(
        "SELECT balance FROM networks.accounts WHERE kind = %s AND identifier = %s AND currency = %s",
        (*credit, amount.currency),
    ).fetchone()
    if row is not None and row["balance"] > _units(limits.max_balance, amount):
        raise Refusal("businessRule", "maxBalanceExceeded", "The account would hold more than it may.")


def _units(whole: int, like: Money) -> int:
    return money(str(whole), like.currency, (like.currency,)).units if whole else 0


_SO_FAR = """
SELECT count(*) FILTER (WHERE at >= date_trunc('day', now)) AS daily_volume,
       coalesce(sum(amount) FILTER (WHERE at >= date_trunc('day', now)), 0) AS daily_value,
       count(*) FILTER (WHERE at >= date_trunc('week', now)) AS weekly_volume,
       coalesce(sum(amount) FILTER (WHERE at >= date_trunc('week', now)), 0) AS weekly_value,
       count(*) FILTER (WHERE at >= date_trunc('month', now)) AS monthly_volume,
       coalesce(sum(amount) FILTER (WHERE at >= date_trunc('month', now)), 0) AS monthly_value,
       count(*) AS total_volume, coalesce(sum(amount), 0) AS total_value
FROM (SELECT amount, created AT TIME ZONE 'Asia/Ho_Chi_Minh' AS at, now() AT TIME ZONE 'Asia/Ho_Chi_Minh' AS now
      FROM networks.transactions
      WHERE ((debit_kind, debit) = (%(kind)s, %(identifier)s) OR (credit_kind, credit) = (%(kind)s, %(identifier)s))
        AND currency = %(currency)s AND type <> 'reversal' AND status <> 'failed') AS moved
"""
