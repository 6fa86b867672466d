"""Limits and fees as dated rows: those of a provider, or where it has none, those of every provider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Row, text

from ussd_app.domain.cash_out_rules import CashOutRules, Fee, Limits, Used
from ussd_app.domain.money import Dong

EVERY_PROVIDER = "*"

_ON_THE_DAY = "WHERE provider IN (:provider, '*') AND valid_from <= :day ORDER BY provider = '*', valid_from DESC LIMIT 1"


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


def set_limits(db: Connection, provider: str, valid_from: date, limits: Limits, source: str) -> None:
    """From that day on. The same provider and day again is a correction of what was written."""
    db.execute(
        text("""INSERT INTO provider_limit (provider, valid_from, per_cash_out_min, per_cash_out_max, per_day, per_month,
                                            source)
                VALUES (:provider, :day, :least, :most, :per_day, :per_month, :source)
                ON CONFLICT (provider, valid_from) DO UPDATE SET per_cash_out_min = excluded.per_cash_out_min,
                    per_cash_out_max = excluded.per_cash_out_max, per_day = excluded.per_day,
                    per_month = excluded.per_month, source = excluded.source"""),
        {
            "provider": provider,
            "day": valid_from,
            "least": limits.least.amount,
            "most": limits.most.amount if limits.most else None,
            "per_day": limits.per_day.amount if limits.per_day else None,
            "per_month": limits.per_month.amount if limits.per_month else None,
            "source": source,
        },
    )


def set_fee(db: Connection, provider: str, valid_from: date, fee: Fee, source: str) -> None:
    db.execute(
        text("""INSERT INTO provider_fee (provider, valid_from, flat, share, waived_by, source)
                VALUES (:provider, :day, :flat, :share, :waived_by, :source)
                ON CONFLICT (provider, valid_from) DO UPDATE SET flat = excluded.flat, share = excluded.share,
                    waived_by = excluded.waived_by, source = excluded.source"""),
        {
            "provider": provider,
            "day": valid_from,
            "flat": fee.flat,
            "share": fee.share,
            "waived_by": fee.waived_by,
            "source": source,
        },
    )


def all_limits(db: Connection) -> Sequence[Row[tuple[object, ...]]]:
    return db.execute(text("SELECT * FROM provider_limit ORDER BY provider, valid_from")).all()


def all_fees(db: Connection) -> Sequence[Row[tuple[object, ...]]]:
    return db.execute(text("SELECT * FROM provider_fee ORDER BY provider, valid_from")).all()
