"""Lengths, parts and folding, held against the standard's own arithmetic, smsutil's count and anyascii's folding."""

import random
import unicodedata
from typing import Literal

import anyascii
import pytest
import smsutil
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sms.gsm import DEFAULT_ALPHABET, EXTENSION, Cost, Encoding, NotGsm, cost, fold, is_gsm7, septets, ucs2_units

VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
SMALL = [unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES] + ["đ"]
VIETNAMESE = SMALL + [letter.upper() for letter in SMALL]

gsm_letters = st.sampled_from(sorted(DEFAULT_ALPHABET | EXTENSION))
any_letters = st.one_of(
    gsm_letters,
    st.sampled_from(sorted(EXTENSION)),
    st.sampled_from(VIETNAMESE),
    st.sampled_from("😀🙏🏽👨‍👩‍👧ễ\u0303漢"),
    st.characters(exclude_categories=["Cs"], exclude_characters="\x1b"),  # smsutil takes a bare escape for a letter
)
texts = st.one_of(
    st.text(gsm_letters, min_size=1, max_size=500),
    st.text(any_letters, min_size=1, max_size=300),
    st.text(st.sampled_from("€a"), min_size=150, max_size=320),
    st.text(st.sampled_from("😀ế"), min_size=60, max_size=150),
)


def by_smsutil(text: str) -> Cost:
    split = smsutil.split(text)
    encoding = Encoding.GSM7 if smsutil.is_valid_gsm(text) else Encoding.UCS2
    units = septets(text) if encoding is Encoding.GSM7 else len(text.encode("utf-16-be", "surrogatepass")) // 2
    return Cost(encoding, units, len(split.parts))


@settings(max_examples=1_000, deadline=None)
@given(texts)
@example("a" * 152 + "€" + "a" * 200)
@example("ế" * 66 + "😀" + "ế" * 60)
@example("€" * 80)
@example("€" * 81)
def test_parts_are_those_smsutil_counts(text: str):
    assert cost(text) == by_smsutil(text)


def by_the_standard(text: str) -> Cost:
    """3GPP TS 23.040 9.2.3.24.1 spelt out: 140 octets in a part, six of them a header where there are several."""
    plain = all(each in DEFAULT_ALPHABET or each in EXTENSION for each in text)
    encoding = Encoding.GSM7 if plain else Encoding.UCS2
    bits = 7 if plain else 16
    widths = [(1 + (each in EXTENSION)) if plain else len(each.encode("utf-16-be")) // 2 for each in text]
    if sum(widths) * bits <= 140 * 8:
        return Cost(encoding, sum(widths), 1)
    room, parts = (140 - 6) * 8 // bits, [0]
    for width in widths:
        if parts[-1] + width > room:
            parts.append(0)
        parts[-1] += width
    return Cost(encoding, sum(widths), len(parts))


def test_a_hundred_thousand_texts_cost_what_two_others_count():
    chance = random.Random(23038)
    plain = sorted(DEFAULT_ALPHABET)
    odd = [*sorted(EXTENSION), *VIETNAMESE, *"😀🙏🏽👨‍👩‍👧漢ễ₫", "\u0303", "\u00a0"]
    for _ in range(100_000):
        letters = chance.choices(plain, k=chance.choice((3, 60, 67, 70, 76, 134, 153, 160, 306)))
        for _ in range(chance.choice((0, 0, 1, 5))):
            letters.insert(chance.randrange(len(letters)), chance.choice(odd))
        text = "".join(letters)
        assert cost(text) == by_the_standard(text) == by_smsutil(text), text


def test_the_alphabet_has_127_letters_and_an_escape():
    assert len(DEFAULT_ALPHABET) == 127
    assert len(EXTENSION) == 10
    assert not is_gsm7("\x1b")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Cost(Encoding.GSM7, 0, 1)),
        ("a" * 160, Cost(Encoding.GSM7, 160, 1)),
        ("a" * 161, Cost(Encoding.GSM7, 161, 2)),
        ("a" * 306, Cost(Encoding.GSM7, 306, 2)),
        ("a" * 307, Cost(Encoding.GSM7, 307, 3)),
        ("€" * 80, Cost(Encoding.GSM7, 160, 1)),
        ("a" * 152 + "€" + "a" * 152, Cost(Encoding.GSM7, 306, 3)),  # the pair does not fit the first part's last septet
        ("ế" * 70, Cost(Encoding.UCS2, 70, 1)),
        ("ế" * 71, Cost(Encoding.UCS2, 71, 2)),
        ("😀" * 35, Cost(Encoding.UCS2, 70, 1)),
        ("😀" * 36, Cost(Encoding.UCS2, 72, 2)),
        ("ế" * 66 + "😀" + "ế" * 66, Cost(Encoding.UCS2, 134, 3)),  # nor is a surrogate pair parted
    ],
)
def test_parts_at_their_edges(text: str, expected: Cost):
    assert cost(text) == expected


def test_septets_name_the_letters_that_have_no_place():
    assert septets("a[b]€") == 8
    with pytest.raises(NotGsm, match="U\\+1EBF LATIN SMALL LETTER E WITH CIRCUMFLEX AND ACUTE") as problem:
        septets("tiến tiến")
    assert problem.value.letters == ("ế",)


def test_ucs2_counts_utf16_units():
    assert ucs2_units("đồng 😀") == 7


def test_there_are_146_vietnamese_letters():
    assert len(set(VIETNAMESE)) == 146


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("letter", VIETNAMESE)
def test_every_vietnamese_letter_folds_to_its_plain_one(letter: str, form: Literal["NFC", "NFD"]):
    folded = fold(unicodedata.normalize(form, letter))
    assert folded == anyascii.anyascii(letter)
    assert len(folded) == 1
    assert folded.isascii()
    assert folded.isalpha()


@settings(max_examples=2_000, deadline=None)
@given(st.text(st.one_of(st.sampled_from(VIETNAMESE), st.characters(codec="ascii")), max_size=200), st.booleans())
def test_vietnamese_folds_as_anyascii_does(text: str, combining: bool):
    text = text.translate({ord(each): None for each in "\t\r`"})
    try:
        folded = fold(unicodedata.normalize("NFD", text) if combining else text)
    except NotGsm as problem:
        assert all(unicodedata.category(each) == "Cc" for each in problem.letters)
    else:
        assert folded == anyascii.anyascii(text)


@settings(max_examples=3_000, deadline=None)
@given(st.text(any_letters, max_size=60))
def test_folding_gives_gsm_or_names_the_letters(text: str):
    try:
        folded = fold(text)
    except NotGsm as problem:
        assert problem.letters
        assert "?" not in str(problem)
    else:
        assert is_gsm7(folded)
        assert fold(folded) == folded
        assert folded.count("?") == unicodedata.normalize("NFC", text).count("?")


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("500.000₫ và 500.000đ", "500.000d va 500.000d"),
        ("Ðà Nẵng, Ɖông", "Da Nang, Dong"),
        ("“Tiền” – ‘về’…", "\"Tien\" - 've'..."),
        ("một\u00a0hai\u2009ba\u200b bốn\ufeff", "mot hai ba bon"),
        ("a\r\nb\nc\td", "a\nb\nc d"),
        ("à è é ì ò ù ñ Å", "a e e i o u n A"),
    ],
)
def test_what_else_people_and_spreadsheets_write(written: str, sent: str):
    assert fold(written) == sent


@pytest.mark.parametrize("sign", ["\x1b", "\x00", "\ud800", "\ue000", "×", "①"])
def test_what_has_no_place_is_refused_by_its_code_point(sign: str):
    with pytest.raises(NotGsm) as problem:
        fold(f"tien {sign} ve")
    assert problem.value.letters == (sign,)
    assert f"U+{ord(sign):04X}" in str(problem.value)
    str(problem.value).encode()


def test_every_zero_width_and_direction_sign_is_dropped():
    for code in (0x00AD, 0x200B, 0x200E, 0x202A, 0x202E, 0x2060, 0x2066, 0x2069, 0xFEFF, 0xFE0F, 0x034F):
        assert fold(f"ti{chr(code)}ền") == "tien"


def test_a_letter_is_never_lost_in_silence():
    with pytest.raises(NotGsm) as problem:
        fold("Tết 🎁 vui 漢")
    assert problem.value.letters == ("🎁", "漢")
