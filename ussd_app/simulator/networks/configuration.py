"""What the simulated networks must be told before they can start."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ussd_app.settings import Settings, SettingsError
from ussd_app.simulator.networks.gsma.ways import BadWay, Behaviour, changed

OpenedAccount = tuple[str, str, str, str, str]
"""Identifier type, identifier, currency, amount, holder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworksConfiguration:
    database_url: str
    web_url: str
    data_key: bytes = field(repr=False)
    callback_token: str = field(default="local", repr=False)
    momo_api_key: str = field(default="simulated", repr=False)
    momo_account: str = "asxh-thai-nguyen"
    mtn_momo_subscription_key: str = field(default="simulated", repr=False)
    mtn_momo_api_key: str = field(default="simulated", repr=False)
    host: str = "127.0.0.1"
    port: int = 0
    idle_limit_s: int = 30
    """A page that is not answered so long ends the call; most networks have 20 to 30."""
    session_limit_s: int = 180
    sandbox: bool = False
    """The provider alone, for other teams: with magic amounts and numbers, and without the phone networks."""
    key_required: bool = True
    token_lifetime_s: int = 3600
    currencies: tuple[str, ...] = ("VND",)
    accounts: tuple[OpenedAccount, ...] = ()
    behaviour: Behaviour = field(default_factory=Behaviour)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> NetworksConfiguration:
        given = os.environ if environment is None else environment
        settings = Settings.from_environment(given)
        if not settings.database_url:
            raise SettingsError("DATABASE_URL must name the PostgreSQL in which the networks keep their book.")
        return cls(
            # SQLAlchemy's spelling of the same address is understood too.
            database_url=settings.database_url.replace("postgresql+psycopg://", "postgresql://", 1),
            web_url=given.get("WEB_URL", "").strip().rstrip("/") or f"http://127.0.0.1:{settings.port}",
            data_key=settings.keys()[1],
            callback_token=settings.callback_token,
            momo_api_key=settings.momo_api_key,
            momo_account=settings.momo_account,
            mtn_momo_subscription_key=settings.mtn_momo_subscription_key,
            mtn_momo_api_key=settings.mtn_momo_api_key,
            host=given.get("NETWORKS_HOST", "").strip() or "127.0.0.1",
            port=int(given.get("NETWORKS_PORT", "").strip() or 0),
            idle_limit_s=int(given.get("NETWORKS_IDLE_S", "").strip() or 30),
            session_limit_s=int(given.get("NETWORKS_SESSION_S", "").strip() or 180),
        )

    @classmethod
    def of_sandbox(cls, environment: Mapping[str, str] | None = None) -> NetworksConfiguration:
        given = os.environ if environment is None else environment
        words = given.get("PROVIDER_CURRENCIES", "").replace(",", " ").split()
        return replace(
            cls.from_environment(given),
            sandbox=True,
            host=given.get("PROVIDER_HOST", "").strip() or "127.0.0.1",
            port=_number(given, "PROVIDER_PORT", 8100),
            key_required=_yes(given, "PROVIDER_REQUIRE_KEY"),
            token_lifetime_s=_number(given, "PROVIDER_TOKEN_S", 3600),
            currencies=tuple(word.upper() for word in words) or ("VND", "USD", "EUR", "GBP", "RWF"),
            accounts=tuple(_accounts(given.get("PROVIDER_ACCOUNTS", ""))),
            behaviour=_behaviour(given),
        )


def _yes(given: Mapping[str, str], name: str) -> bool:
    return given.get(name, "").strip().lower() in ("1", "true", "yes", "on")


def _number(given: Mapping[str, str], name: str, default: int) -> int:
    text = given.get(name, "").strip()
    if text and not text.isdecimal():
        raise SettingsError(f"{name} must be a whole number.")
    return int(text or default)


def _accounts(text: str) -> list[OpenedAccount]:
    """`msisdn:+84900000001:VND:5000000:LE THI HOA; storeid:7:VND:0`"""
    found: list[OpenedAccount] = []
    for each in filter(None, (part.strip() for part in text.split(";"))):
        parts = each.split(":")
        if len(parts) not in (4, 5) or not parts[3].isdecimal():
            raise SettingsError("PROVIDER_ACCOUNTS is written type:identifier:currency:amount:holder; and so on.")
        found.append((parts[0], parts[1], parts[2].upper(), parts[3], parts[4] if len(parts) == 5 else ""))
    return found


def _behaviour(given: Mapping[str, str]) -> Behaviour:
    wanted: dict[str, Any] = {"sync": _yes(given, "PROVIDER_SYNC")}
    try:
        wanted["limits"] = json.loads(given.get("PROVIDER_LIMITS", "").strip() or "{}")
        return changed(Behaviour(), wanted)
    except (ValueError, BadWay) as problem:
        raise SettingsError(f"PROVIDER_LIMITS cannot be used: {problem}") from None
