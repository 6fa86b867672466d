"""Which mobile-money providers the settings name, and which of them a new cash-out goes to."""

from __future__ import annotations

from urllib.parse import urlsplit

from ussd_app.settings import Settings, SettingsError
from workers.mobile_money.connection import Connection
from workers.mobile_money.gsma import GsmaMobileMoney
from workers.mobile_money.keys import FixedKeys, Keys, TokenKeys, basic
from workers.mobile_money.mtn_momo import MtnMomo
from workers.mobile_money.port import MobileMoney, Offer


def providers_of(settings: Settings) -> tuple[MobileMoney, ...]:
    """Those of MOMO_PROVIDERS, in its order. Opens no connection. Raises SettingsError."""
    names = settings.mobile_money_names()
    known = {"gsma": _gsma, "mtn_momo": _mtn_momo}
    if not names or len(set(names)) < len(names) or not set(names) <= set(known):
        raise SettingsError(f"MOMO_PROVIDERS names each provider once: {', '.join(known)}.")
    chosen = tuple(known[name](settings) for name in names)
    if not any(Offer.CODE in each.offers for each in chosen):
        raise SettingsError("MOMO_PROVIDERS must name one that makes codes for the pay points: gsma.")
    return chosen


def who_offers(offer: Offer, providers: tuple[MobileMoney, ...]) -> str:
    """The first that does; empty when none does."""
    return next((each.name for each in providers if offer in each.offers), "")


def _gsma(settings: Settings) -> MobileMoney:
    return GsmaMobileMoney(
        settings.mobile_money_url,
        settings.momo_api_key,
        settings.momo_account,
        settings.callback_for("gsma"),
        keys=_gsma_keys(settings),
        hashed=bool(settings.momo_content_hash),
    )


def _gsma_keys(settings: Settings) -> Keys:
    """The key goes with every request; a name and password beside it, or the token that they are worth."""
    key = {"X-API-Key": settings.momo_api_key}
    name, password = settings.momo_client_id, settings.momo_client_secret
    if not settings.momo_token_url:
        return FixedKeys({**key, **(basic(name, password) if name else {})})
    address = urlsplit(settings.momo_token_url)
    if address.scheme not in ("https", "http") or not address.netloc:
        raise SettingsError("MOMO_TOKEN_URL must be a whole address, as https://provider.example/oauth2/token.")
    tokens = Connection(f"{address.scheme}://{address.netloc}")
    return TokenKeys(tokens, address.path + (f"?{address.query}" if address.query else ""), name, password, beside=key)


def _mtn_momo(settings: Settings) -> MobileMoney:
    return MtnMomo(
        settings.mtn_momo_url,
        settings.mtn_momo_subscription_key,
        settings.mtn_momo_user,
        settings.mtn_momo_api_key,
        settings.mtn_momo_environment,
        settings.callback_for("mtn_momo"),
    )
