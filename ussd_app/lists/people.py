"""A row of a people list becomes a person we could pay, or the reasons why not."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date

from ussd_app.domain.identity import NationalId, doubts_about
from ussd_app.domain.people import BirthDate, Gender, Language, PayoutMethod
from ussd_app.domain.phone import Phone, ReadPhone, read_phone
from ussd_app.lists.birth import read_birth
from ussd_app.lists.errors import Reject
from ussd_app.lists.fields import Fields, read_person_names
from ussd_app.lists.formulas import looks_like_formula
from ussd_app.lists.header import Columns
from ussd_app.lists.table import Row

PEOPLE = Columns(
    what="people",
    required=(
        "full_name", "birth_date", "gender", "commune_code", "phone", "payout_method", "payout_account", "language",
    ),
    one_of=("national_id", "person_code"),
)  # fmt: skip

LONGEST_NAME = 80
LONGEST_ACCOUNT = 64

_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .'’\-])*")
_NEEDS_ACCOUNT = (PayoutMethod.BANK, PayoutMethod.WALLET)


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person as a list tells of them. `doubts` let the row in and ask an officer to look again."""

    line: int
    national_id: NationalId | None
    person_code: str | None
    full_name: str = field(repr=False)
    birth: BirthDate | None = field(repr=False)
    gender: Gender
    commune_code: str
    phone: Phone | None = field(repr=False)
    phone_converted: bool
    payout_method: PayoutMethod
    payout_account: str = field(repr=False)
    language: Language
    doubts: tuple[str, ...] = ()


def read_person(row: Row, communes: Collection[str], today: date, region: str = "VN") -> PersonRow | tuple[Reject, ...]:
    """Everything that is wrong with the row is told at once, so that it needs mending only once."""
    if row.rejects:
        return row.rejects
    fields = Fields(row)
    number, code = read_person_names(fields)
    gender = _gender(fields)
    birth = _birth(fields, today)
    phone = _phone(fields, region)
    method = _method(fields)
    person = PersonRow(
        line=row.line,
        national_id=number,
        person_code=code,
        full_name=_name(fields),
        birth=birth,
        gender=gender,
        commune_code=_commune(fields, communes),
        phone=phone.phone if phone else None,
        phone_converted=bool(phone and phone.converted),
        payout_method=method,
        payout_account=_account(fields, method),
        language=_language(fields),
    )
    if number:
        fields.doubts.extend(doubts_about(number, gender, birth))
    return tuple(fields.rejects) or replace(person, doubts=tuple(fields.doubts))


def _name(fields: Fields) -> str:
    name = " ".join(unicodedata.normalize("NFC", fields["full_name"]).split())
    if not name:
        fields.reject("full_name", "a person has a name")
    elif looks_like_formula(name):
        fields.reject("full_name", "a name does not begin like a formula")
    elif len(name) > LONGEST_NAME:
        fields.reject("full_name", f"a name has at most {LONGEST_NAME} characters")
    elif not _NAME.fullmatch(name):
        fields.reject("full_name", "a name is letters; this one holds other signs")
    return name


def _birth(fields: Fields, today: date) -> BirthDate | None:
    if not fields["birth_date"]:
        fields.doubts.append("no birth date: the first PIN asks for the year of birth")
        return None
    match read_birth(fields["birth_date"], today):
        case BirthDate() as birth:
            return birth
        case reason:
            fields.reject("birth_date", reason)
            return None


def _gender(fields: Fields) -> Gender:
    try:
        return Gender(fields["gender"].upper())
    except ValueError:
        fields.reject("gender", "write M, F or nothing")
        return Gender.UNKNOWN


def _language(fields: Fields) -> Language:
    try:
        return Language(fields["language"].lower() or Language.VIETNAMESE)
    except ValueError:
        fields.reject("language", f"write {', '.join(Language)} or nothing")
        return Language.VIETNAMESE


def _commune(fields: Fields, communes: Collection[str]) -> str:
    code = fields["commune_code"]
    if code in communes:
        return code
    if re.fullmatch(r"[0-9]{1,4}", code) and code.zfill(5) in communes:  # a spreadsheet ate the zero
        return code.zfill(5)
    reason = f"there is no commune {code[:10]} in the province today" if code else "the code of the commune is missing"
    fields.reject("commune_code", reason)
    return code


def _phone(fields: Fields, region: str) -> ReadPhone | None:
    if not fields["phone"]:
        return None
    read = read_phone(fields["phone"], region)
    if read is None:
        fields.reject("phone", "this is no telephone number; leave it empty when there is none")
    elif read.converted:
        fields.doubts.append("the phone is an eleven-digit number from before 2018: it may be somebody else's by now")
    elif region == "VN" and not re.fullmatch(r"\+84[35789][0-9]{8}", read.phone.e164):
        fields.doubts.append("the phone is not a Vietnamese mobile number: no SMS and no USSD may reach it")
    return read


def _method(fields: Fields) -> PayoutMethod:
    try:
        method = PayoutMethod(fields["payout_method"].lower() or PayoutMethod.CASH)
    except ValueError:
        fields.reject("payout_method", f"write {', '.join(PayoutMethod)} or nothing")
        return PayoutMethod.CASH
    if method is PayoutMethod.MOBILE_MONEY and not fields["phone"]:
        fields.doubts.append("paid by mobile money, but without a phone")
    return method


def _account(fields: Fields, method: PayoutMethod) -> str:
    account = " ".join(fields["payout_account"].split())
    if not account and method in _NEEDS_ACCOUNT:
        fields.reject("payout_account", f"paid by {method}, but no account is given")
    elif looks_like_formula(account):
        fields.reject("payout_account", "an account does not begin like a formula")
    elif re.fullmatch(r"[0-9][0-9.,]*[eE]\+?[0-9]+", account):
        fields.reject(
            "payout_account", "a spreadsheet has rounded this number: type it again in a column formatted as text"
        )
    elif len(account) > LONGEST_ACCOUNT:
        fields.reject("payout_account", f"an account has at most {LONGEST_ACCOUNT} characters")
    elif "payout_account" in fields.row.numbers and method in _NEEDS_ACCOUNT:
        fields.doubts.append("the account was stored as a number: zeros in front may be lost")
    return account
