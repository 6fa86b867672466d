"""What an action needs beside the database: the vault, the moment, and the names that messages carry."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from ussd_app.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Desk:
    """Made once by each process at its start."""

    vault: Vault
    brand: str
    hotline: str
    provider: str
    """Name of the mobile-money provider that makes the codes of new cash-outs."""
    zone: ZoneInfo
    ussd_code: str = "*8899#"
    wallet_provider: str = ""
    """Name of the one that pays into wallets; empty where it is the same."""

    def pays(self, *, into_wallet: bool) -> str:
        """Who a new cash-out goes to: decided before its money is held, for the hold stands in that provider's name."""
        return (self.wallet_provider if into_wallet else "") or self.provider

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)
