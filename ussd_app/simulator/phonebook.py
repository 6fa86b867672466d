"""The phones one can pick up at the simulator: every number on the lists, and who answers to it."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection, text

from sms.gsm import NotGsm, fold
from ussd_app.domain.people import Gender, Language, form_of_address, given_name

CAST = "+849120001__"
"""The demo people, each there for one reason; they come first."""

MOST = 1_000

# Names are compared without marks and capitals, as people type them: "dao" finds Đào.
_PLAIN_NAME = r"replace(regexp_replace(normalize(lower(p.full_name), NFD), '[\u0300-\u036f]', '', 'g'), 'đ', 'd')"

_PHONES = """
    WITH chosen AS (
        SELECT h.e164 FROM person_phone h {join} WHERE {where}
        GROUP BY h.e164 ORDER BY h.e164 NOT LIKE :cast, h.e164 LIMIT :most)
    SELECT h.e164, p.full_name, p.gender, p.language, h.unproven_at IS NULL AS proven
    FROM chosen JOIN person_phone h USING (e164) JOIN person p ON p.id = h.person_id
    ORDER BY h.e164 NOT LIKE :cast, h.e164, h.since, p.id
"""

_ALL = _PHONES.format(join="", where="true")
_BY_NUMBER = _PHONES.format(join="", where="h.e164 LIKE :wanted")
_BY_NAME = _PHONES.format(join="JOIN person p ON p.id = h.person_id", where=f"{_PLAIN_NAME} LIKE :wanted")


def phones(db: Connection, search: str = "", most: int = 200) -> list[dict[str, Any]]:
    """`people` are named as the phone would greet them; someone whose number is unproven is greeted by nobody."""
    sql, wanted = _asked_for(search.strip())
    values = {"cast": CAST, "most": max(1, min(most, MOST))} | ({"wanted": wanted} if wanted else {})
    found: dict[str, dict[str, Any]] = {}
    for row in db.execute(text(sql), values):
        phone = found.setdefault(row.e164, {"phone": row.e164, "people": [], "languages": []})
        if row.proven:
            phone["people"].append(
                f"{form_of_address(Gender(row.gender), Language(row.language))} {given_name(row.full_name)}"
            )
        if row.language not in phone["languages"]:
            phone["languages"].append(row.language)
    return list(found.values())


def _asked_for(search: str) -> tuple[str, str]:
    if not search:
        return _ALL, ""
    digits = re.sub(r"[\s.\-()]", "", search)
    if re.fullmatch(r"\+?\d+", digits):
        return _BY_NUMBER, f"%{_national(digits)}%"
    return _BY_NAME, f"%{_escaped(_plain(search))}%"


def _national(digits: str) -> str:
    return f"+84{digits[1:]}" if digits.startswith("0") and len(digits) > 3 else digits


def _plain(search: str) -> str:
    try:
        return fold(search).lower()
    except NotGsm:
        return search.lower()


def _escaped(search: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", search)
