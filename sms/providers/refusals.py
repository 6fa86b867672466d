"""Which characters each provider's gateway refuses, as its own page says."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

import sms.providers

NAME_ON_A_PAGE = "REFUSED_CHARACTERS"
"""A provider's page that has it names a frozenset of characters; one that has not refuses none."""


@cache
def refusals() -> Mapping[str, frozenset[str]]:
    """By the page's name; a new page is found without being named here."""
    pages = {
        each.name: importlib.import_module(f"{sms.providers.__name__}.{each.name}")
        for each in pkgutil.iter_modules(sms.providers.__path__)
        if each.name != __name__.rpartition(".")[2]
    }
    return {name: frozenset(getattr(page, NAME_ON_A_PAGE, ())) for name, page in pages.items()}
