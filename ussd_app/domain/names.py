"""Whether two ways of writing a name mean one person: accents, capitals and a missing middle name do not decide."""

from __future__ import annotations

import re
import unicodedata


def same_name(ours: str, theirs: str) -> bool:
    """Nguyễn Thị Phương is NGUYEN THI PHUONG and Phương Nguyễn; she is not Nguyễn Thị Phượng Hoa, nor plain Phương.

    At least two words must agree; our given name, the last, must be their last or, as some write it, their first; and
    neither may have a word that contradicts the other.
    """
    one, other = _words(ours), _words(theirs)
    if not one or not other:
        return False
    fewer, more = sorted((set(one), set(other)), key=len)
    return fewer <= more and len(fewer) >= min(2, len(more)) and one[-1] in (other[-1], other[0])


def _words(name: str) -> list[str]:
    plain = unicodedata.normalize("NFD", name.casefold().replace("đ", "d"))
    return re.findall(r"[a-z]+", "".join(each for each in plain if not unicodedata.combining(each)))
