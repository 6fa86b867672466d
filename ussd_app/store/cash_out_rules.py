"""Limits and fees as dated rows: those of a provider, or where it has none, those of every provider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from sqlalchemy import Connection, Row, text

from ussd_app.domain.cash_out_rules import CashOutRules, Fee, Limits, Used
from ussd_app.domain.money import Dong

EVERY_PROVIDER = "*"

_ON_THE_DAY = (
    "WHERE provider IN (:provider, '*') AND valid_from <= :day ORDER BY provider = '*', valid_from DESC, id DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class Since:
    """The beginnings of a local day and of its month."""

    day: datetime
    month: datetime

    @classmethod
    def of(cls, local: datetime) -> Since:
        day = local.replace(hour=0, minute=0, second=0, microsecond=0)
        return cls(day, day.replace(day=1))


def on(db: Connection, provider: str, day: date) -> CashOutRules:
    """What applies to a provider on a local day. Where nothing is written, nothing is limited and nothing costs."""
    values = {"provider": provider, "day": day}
    limits = db.execute(text(f"SELECT * FROM provider_limit {_ON_THE_DAY}"), values).first()
    fee = db.execute(text(f"SELECT * FROM provider_fee {_ON_THE_DAY}"), values).first()
    return CashOutRules(
        limits=_limits(limits) if limits else Limits(), fee=Fee(fee.flat, fee.share, fee.waived_by) if fee else Fee()
    )


def _limits(row: Row[tuple[object, ...]]) -> Limits:
    most, day, month = (
        Dong(each) if each is not None else None for each in (row.per_cash_out_max, row.per_day, row.per_month)
    )
    return Limits(Dong(row.per_cash_out_min), most, day, month)


def used(db: Connection, person_id: int, since: Since) -> Used:
    """What a person has taken out, or asked for and may still get. What came back is theirs to ask for again."""
    row = db.execute(
        text("""SELECT coalesce(sum(amount - reversed_amount) FILTER (WHERE asked_at >= :day), 0)::bigint AS today,
                       coalesce(sum(amount - reversed_amount), 0)::bigint AS this_month
                FROM cash_out WHERE person_id = :person AND asked_at >= :month AND state <> 'failed'"""),
        {"person": person_id, "day": since.day, "month": since.month},
    ).one()
    return Used(Dong(row.today), Dong(row.this_month))


def add_limits(
    db: Connection, provider: str, valid_from: date, limits: Limits, source: str, officer_id: int, now: datetime
) -> None:
    """From that day on. The same provider and day again corrects what was written, which stays to be seen."""
    db.execute(
        text("""INSERT INTO provider_limit (provider, valid_from, per_cash_out_min, per_cash_out_max, per_day, per_month,
                                            source, set_by, set_at)
                VALUES (:provider, :day, :least, :most, :per_day, :per_month, :source, :officer, :now)"""),
        {
            "provider": provider,
            "day": valid_from,
            "least": limits.least.amount,
            "most": limits.most.amount if limits.most else None,
            "per_day": limits.per_day.amount if limits.per_day else None,
            "per_month": limits.per_month.amount if limits.per_month else None,
            "source": source,
            "officer": officer_id,
            "now": now,
        },
    )


def add_fee(db: Connection, provider: str, valid_from: date, fee: Fee, source: str, officer_id: int, now: datetime) -> None:
    """From that day on; see `add_limits`."""
    db.execute(
        text("""INSERT INTO provider_fee (provider, valid_from, flat, share, waived_by, source, set_by, set_at)
                VALUES (:provider, :day, :flat, :share, :waived_by, :source, :officer, :now)"""),
        {
            "provider": provider,
            "day": valid_from,
            "flat": fee.flat,
            "share": fee.share,
            "waived_by": fee.waived_by,
            "source": source,
            "officer": officer_id,
            "now": now,
        },
    )


def all_limits(db: Connection) -> Sequence[Row[tuple[object, ...]]]:
    """Every row that was ever written, with `officer` and `set_at`, and `replaced` where a later one took its place."""
    return _all(db, "provider_limit")


def all_fees(db: Connection) -> Sequence[Row[tuple[object, ...]]]:
    """See `all_limits`."""
    return _all(db, "provider_fee")


def _all(db: Connection, table: Literal["provider_limit", "provider_fee"]) -> Sequence[Row[tuple[object, ...]]]:
    return db.execute(
        text(f"""SELECT r.*, coalesce(o.name, '') AS officer,
                        EXISTS (SELECT FROM {table} n WHERE n.provider = r.provider AND n.valid_from = r.valid_from
                                AND n.id > r.id) AS replaced
                 FROM {table} r LEFT JOIN officer o ON o.id = r.set_by ORDER BY r.provider, r.valid_from, r.id""")
    ).all()
