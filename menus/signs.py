"""What is told to a phone before anybody has looked who it is: in the default language, to nobody in particular."""

from menus.drawing import Page, in_plain_letters
from menus.wording import TEXTS, address
from ussd_app.domain.people import Gender, Language


def too_often_page(hotline: str, minutes: int = 1) -> Page:
    """To a phone that dials again and again, which no person does."""
    return _told_to_anyone("too_often", p=minutes, hot=hotline)


def _told_to_anyone(key: str, **words: object) -> Page:
    filled = {**address(Gender.UNKNOWN, "", Language.VIETNAMESE), **words}
    return Page("END", in_plain_letters(TEXTS.say(Language.VIETNAMESE, key, filled)), key, secret=False)
