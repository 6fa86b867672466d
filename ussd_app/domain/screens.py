"""How much one page of a network's screen holds: so many septets of GSM-7, or so many units of UCS-2."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

FEWEST = 60
"""On less, not even one choice and the way on would find a place."""


@dataclass(frozen=True, slots=True)
class ScreenRoom:
    """160 octets are 182 septets, but most networks show 160; and 80 letters with accents."""

    septets: int = 160
    units: int = 80


NARROWEST = ScreenRoom()
"""What every text is proved for; a network that shows less gets its pages in parts."""

_ONE = re.compile(r"(?:(\w{1,20}):)?(\d{2,3})(?:/(\d{2,3}))?")


def read_screens(written: str) -> tuple[ScreenRoom, Mapping[str, ScreenRoom]]:
    """`160/80 63903:182/91`: what any network shows, and those that differ, by their codes; raises ValueError."""
    default, networks = NARROWEST, dict[str, ScreenRoom]()
    for each in written.split():
        found = _ONE.fullmatch(each)
        if found is None:
            raise ValueError(f"{each!r} is not like 160/80 or 63903:182/91")
        network, septets, units = found[1], int(found[2]), int(found[3] or int(found[2]) // 2)
        if septets < FEWEST or units < FEWEST // 2:
            raise ValueError(f"{each!r} is too small for any page")
        if network:
            networks[network] = ScreenRoom(septets, units)
        else:
            default = ScreenRoom(septets, units)
    return default, networks
