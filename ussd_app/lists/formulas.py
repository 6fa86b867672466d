"""A spreadsheet runs what begins like a formula; a quotation mark in front makes it text again."""

from __future__ import annotations

_STARTS = ("=", "+", "-", "@", "\t", "\r")


def looks_like_formula(cell: str) -> bool:
    return cell.startswith(_STARTS)


def harmless(cell: str) -> str:
    """A cell for a file that a spreadsheet will open; `bare` takes it back unchanged."""
    return f"'{cell}" if cell.lstrip("'").startswith(_STARTS) else cell


def bare(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(_STARTS) else cell
