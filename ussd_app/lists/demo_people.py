"""Makes up people of Thái Nguyên whose papers, phones and pay agree with each other as real ones do.

The phone numbers are random and may belong to somebody: a demonstration list must never meet a real network.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from ussd_app.domain.people import Gender
from ussd_app.lists.communes import Commune
from ussd_app.lists.demo_names import make_name, words

_PREFIXES = words("091 094 088 096 097 098 086 032 033 034 035 036 037 038 039 090 093 070 079 081 082 083 092 056")
_OLD_PREFIXES = words("0162 0163 0164 0165 0166 0167 0168 0169 0120 0121 0122 0123 0124 0125 0126 0127 0128 0129")
_BIRTHPLACES = {"019": 60, "006": 24, "004": 4, "020": 3, "002": 2, "001": 2, "034": 2, "035": 1, "036": 1, "008": 1}
_METHODS = {"mobile_money": 55, "cash": 25, "bank": 12, "wallet": 3, "focal": 5}
_LANGUAGES = {"vi": 955, "vi-accented": 40, "en": 5}
_HOUSEHOLD = {1: 9565, 2: 215, 3: 140, 4: 80}
"""People to a phone: about one in eight shares one."""


@dataclass(frozen=True, slots=True)
class Invented:
    """A row of a people list, as written."""

    national_id: str
    full_name: str
    birth_date: str
    gender: str
    commune_code: str
    phone: str
    payout_method: str
    payout_account: str = ""
    language: str = "vi"
    person_code: str = ""

    @property
    def born(self) -> int:
        return int(self.birth_date[:4])


def pick(random: Random, weights: dict[str, int]) -> str:
    return random.choices(list(weights), list(weights.values()))[0]


def make_people(random: Random, communes: tuple[Commune, ...], year: int, first: int) -> Iterator[Invented]:
    """People without end, those of one phone one after the other. `first` counts on from the cast."""
    weights = [4 if each.is_ward else 2 if each.code > "05000" else 1 for each in communes]
    serial = first
    while True:
        commune = random.choices(communes, weights)[0]
        size = random.choices(list(_HOUSEHOLD), list(_HOUSEHOLD.values()))[0]
        phone = "" if size == 1 and random.random() < 0.17 else _phone(random, serial)
        for _ in range(size):
            yield _person(random, commune, year, serial, _notation(random, phone))
            serial += 1


def _person(random: Random, commune: Commune, year: int, serial: int, phone: str) -> Invented:
    gender = random.choices((Gender.FEMALE, Gender.MALE), (58, 42))[0]
    born = year - _age(random)
    number = _national_id(random, gender, born, serial)
    method = pick(random, _METHODS)
    if method == "mobile_money" and not phone:
        method = "cash"
    return Invented(
        national_id=number,
        full_name=make_name(random, gender, born, upland=commune.code < "05000"),
        birth_date=_birth_date(random, born),
        gender="" if random.random() < 0.01 else gender,
        commune_code=commune.code,
        phone=phone,
        payout_method=method,
        payout_account=_account(random, method, serial),
        language=pick(random, _LANGUAGES),
        person_code="" if number else f"{commune.code}-{serial:06d}",
    )


def _age(random: Random) -> int:
    """Mostly the old; about one in seven is an adult with a disability."""
    return random.randint(19, 59) if random.random() < 0.14 else int(random.triangular(60, 96, 76))


def _birth_date(random: Random, born: int) -> str:
    day = f"{born}-{random.randint(1, 12):02d}-{random.randint(1, 28):02d}"
    known = random.random()
    return day[:4] if known < 0.12 else day[:7] if known < 0.16 else day


def _scattered(serial: int, below: int) -> int:
    """A number for each serial, never the same twice, in no visible order, and above those of the cast."""
    step = 617_411 if below == 1_000_000 else 6_174_131  # shares no factor with the range, so that none comes twice
    return 1_000 + serial * step % (below - 1_000)


def _national_id(random: Random, gender: Gender, born: int, serial: int) -> str:
    kind = random.random()
    last_six = f"{_scattered(serial, 1_000_000):06d}"
    if kind < 0.005:
        return ""
    if kind < 0.015:
        return random.choice(("090", "091", "095")) + last_six
    century = (born // 100 - 19) * 2 + (gender is Gender.FEMALE)
    year = (born + 10 if kind > 0.995 else born) % 100  # papers that disagree
    return f"{pick(random, _BIRTHPLACES)}{century}{year:02d}{last_six}"


def _phone(random: Random, serial: int) -> str:
    last_seven = f"{_scattered(serial, 10_000_000):07d}"
    if random.random() < 0.08:
        return random.choice(_OLD_PREFIXES) + last_seven
    return random.choice(_PREFIXES[1:] if last_seven.startswith("2000") else _PREFIXES) + last_seven


def _notation(random: Random, phone: str) -> str:
    """As offices write them: mostly plain, some grouped, some international, some with the zero lost."""
    if not phone or random.random() < 0.7:
        return phone
    head, middle, tail = phone[:-6], phone[-6:-3], phone[-3:]
    styles = [f"{head} {middle} {tail}", f"{head}.{middle}.{tail}", f"+84{phone[1:]}", f"84{phone[1:]}"]
    styles += [f"({head}) {middle}-{tail}", f"+84 {head[1:]} {middle} {tail}", phone[1:]]
    return random.choice(styles)


def _account(random: Random, method: str, serial: int) -> str:
    match method:
        case "bank":
            return f"{random.choice(('0011', '0201', '1050', '8500'))}{_scattered(serial, 10_000_000):09d}"
        case "wallet":
            return f"0912{_scattered(serial, 1_000_000):06d}"
        case "focal":
            return f"Trưởng {random.choice(('xóm', 'thôn', 'tổ dân phố'))} {random.randint(1, 20)}"
        case _:
            return ""
