"""The longest value every placeholder may take, so that a page can be proved to fit before anyone sees it."""

from menus.cash_out_result import REASONS
from menus.cash_out_where import ELSEWHERE_SHOWN, POINTS_SHOWN
from menus.drawing import in_plain_letters
from menus.front_door import NAMES_PER_PAGE
from menus.help import TICKETS_PER_PAGE
from menus.keeper import REFUSALS
from menus.kinds import Say, Words
from menus.payments import PER_PAGE
from menus.wording import LONGEST, Texts, address
from ussd_app.domain.money import MOST_ON_A_SCREEN, Dong
from ussd_app.domain.payments import PROGRAMMES, Cycle, Receipt
from ussd_app.domain.people import Gender, Language, PayoutMethod
from ussd_app.domain.tickets import TicketKind

AMOUNT = Dong(MOST_ON_A_SCREEN)

FAMILIES = {
    "noi": tuple(f"place.{each}" for each in PayoutMethod),
    "tt": tuple(f"word.{each}" for each in Receipt),
    "lydo": tuple(f"reason.{each}" for each in REASONS),
    "vi_sao": tuple(f"keeper.reason.{each}" for each in REFUSALS),
    "vi": ("cash_out.point.wallet",),
    "viec": tuple(f"ticket.{each}" for each in TicketKind),
}
"""Placeholders filled from a closed list of texts."""


def longest(language: Language, texts: Texts) -> Words:
    """What to fill a text with to make it as long as it can ever be."""
    single: dict[str, object] = {
        **address(Gender.UNKNOWN, "N" * LONGEST["ten"], language),
        **dict.fromkeys(("tien", "tien2", "max", "min", "conlai"), AMOUNT),
        **{name: _longest_text(keys, language, texts) for name, keys in FAMILIES.items()},
        "phi": Dong(99_999),
        "ky": Cycle(2026, 12),
        "loai": max((_programme(code, language) for code in PROGRAMMES), key=len),
        "ma": "M" * 10,
        "ng": "31/12",
        "gio": "23:59",
        "xa": "X" * LONGEST["xa"],
        "diem": "D" * LONGEST["diem"],
        "noiphat": "N" * LONGEST["noiphat"],
        "canbo": "C" * LONGEST["canbo"],
        "sodt": "0" * 11,
        "code": "9" * 10,
        "hot": "0" * 11,
        "n": 9,
        "p": 999,
        "dai": 6,
        "duoi": "000",
        "lan": 999,
    }
    single["xong"] = texts.say(language, "ticket.open", single) if texts.has(language, "ticket.open") else ""
    return {
        **single,
        "names": (Say("who.name", single),) * NAMES_PER_PAGE,
        "points": (Say("cash_out.point.line", single),) * POINTS_SHOWN,
        "gan": (Say("cash_out.point.line", single),) * ELSEWHERE_SHOWN,
        "payments": (Say("payments.line", single),) * PER_PAGE,
        "tickets": (Say("help.tickets.line", single),) * TICKETS_PER_PAGE,
    }


def _longest_text(keys: tuple[str, ...], language: Language, texts: Texts) -> str:
    known = [texts.template(language, key) for key in keys if texts.has(language, key)]
    return max(known, key=lambda each: len(in_plain_letters(each)), default="")


def _programme(code: str, language: Language) -> str:
    return PROGRAMMES[code].en if language is Language.ENGLISH else PROGRAMMES[code].vi
