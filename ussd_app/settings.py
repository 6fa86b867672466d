"""Every setting: its type, its default or none, and one sentence of help."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sms.carriers import read_order, read_rates
from ussd_app.domain.screens import read_screens

HOME = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("BAM_VAR") or HOME / "var").resolve()
"""Where a stack of one's own keeps its data, keys and logs; BAM_VAR gives a second stack of this checkout a place."""


class SettingsError(Exception):
    """A setting is missing or cannot be used; the message is one sentence for the person who set it."""


def _setting(default: Any, sentence: str) -> Any:
    return field(default=default, metadata={"help": sentence})


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Read once from the environment; each field is the environment variable of the same name in capitals."""

    database_url: str = _setting("", "PostgreSQL to use; unset means an embedded one, kept in var/.")
    redis_url: str = _setting("", "Redis to use; unset means an embedded one, kept in var/.")
    callback_token: str = _setting("local", "Secret part of every callback path; `local` serves loopback only.")
    secret_key: str = _setting("", "Signs pages and fingerprints; unset means one kept in var/keys.")
    data_key: str = _setting("", "Encrypts what is secret in the database; unset means one kept in var/keys.")
    at_username: str = _setting("sandbox", "Africa's Talking user name.")
    at_api_key: str = _setting("", "Africa's Talking key.")
    at_base_url: str = _setting("", "Africa's Talking address; unset in the sandbox means the simulated network.")
    esms_api_key: str = _setting("", "eSMS.vn key; unset and not simulated means that eSMS.vn is not used.")
    esms_secret_key: str = _setting("", "eSMS.vn secret key.")
    esms_base_url: str = _setting("", "eSMS.vn address; unset with a key means theirs, without one the simulated network.")
    sms_carriers: str = _setting("africas_talking,esms", "Who carries messages: the first while it is well, then the next.")
    sms_rates: str = _setting("", "Parts a second a carrier takes, as africas_talking:100,esms:50; unset means any number.")
    sms_calls_at_once: int = _setting(16, "Calls that a worker has under way; a killed one leaves so many unsure.")
    sms_callback_base: str = _setting("", "Address eSMS.vn reports to; unset means this host and port.")
    sms_price: int = _setting(400, "What one part of an SMS costs, in đồng, where the carrier has not said.")
    sms_sender: str = _setting("ASXH", "Brand name messages come from, at most 11 characters.")
    sms_number: str = _setting(
        "8899", "The number people send messages to; questions can be answered where it is SMS_SENDER."
    )
    missed_call_received: str = _setting(
        "", "A number to ring once that means: the money came. A missed call costs nothing."
    )
    missed_call_not_received: str = _setting("", "A number to ring once that means: it did not come, or not all of it.")
    ask_receipt_after_days: int = _setting(
        3, "Days after a payment that its owner is asked whether it came; 0 asks nobody."
    )
    ussd_code: str = _setting("*8899#", "The short code people dial.")
    hotline: str = _setting("18001234", "The free number every message names.")
    default_region: str = _setting("VN", "Region in which phone numbers in lists are read.")
    timezone: str = _setting("Asia/Ho_Chi_Minh", "Time zone of every date and hour a person sees.")
    new_sessions_a_second: int = _setting(0, "New USSD sessions a second that each web process takes; 0 means any number.")
    calls_a_minute: int = _setting(120, "USSD sessions one phone may begin within a minute; 0 means any number.")
    ussd_screens: str = _setting(
        "160/80", "Letters a screen holds, plain/accented; then networks that differ: 63903:182/80."
    )
    pin_length: int = _setting(4, "Digits of a PIN.")
    momo_providers: str = _setting("gsma", "Mobile-money providers, those preferred first: gsma, mtn_momo.")
    momo_base_url: str = _setting("", "GSMA Mobile Money API address; unset means the simulated provider.")
    momo_api_key: str = _setting("simulated", "Key for the mobile-money provider.")
    momo_client_id: str = _setting("", "Name for the GSMA provider, where it wants one; with MOMO_CLIENT_SECRET.")
    momo_client_secret: str = _setting("", "Password that goes with MOMO_CLIENT_ID.")
    momo_token_url: str = _setting("", "Where tokens are fetched (OAuth 2); unset means name and password go each time.")
    momo_content_hash: int = _setting(0, "1 adds X-Content-Hash to each GSMA request, for a provider that wants it.")
    momo_account: str = _setting("asxh-thai-nguyen", "The programme's own account at the provider.")
    momo_callback_base: str = _setting("", "Address the provider calls back; unset means this host and port.")
    mtn_momo_base_url: str = _setting("", "MTN MoMo address; unset means the simulated provider.")
    mtn_momo_subscription_key: str = _setting("simulated", "MTN MoMo subscription key for disbursements.")
    mtn_momo_user: str = _setting("simulated", "MTN MoMo API user.")
    mtn_momo_api_key: str = _setting("simulated", "MTN MoMo API key.")
    mtn_momo_environment: str = _setting("sandbox", "MTN MoMo target environment.")
    number_checks: str = _setting("", "Who is asked when a SIM was last changed: africas_talking; unset means nobody.")
    code_lifetime_s: int = _setting(172_800, "Seconds a cash-out code can be redeemed.")
    people_on_one_account: int = _setting(5, "More people than this on one account or phone are held and asked about.")
    settling_hours: int = _setting(48, "Hours after a change of account or number before money follows it unasked.")
    closed_from: str = _setting("", "Announced maintenance begins, as 2027-01-05T22:00; local time.")
    closed_until: str = _setting("", "Announced maintenance ends; until then callers are told so, and nothing moves.")
    networks_url: str = _setting("", "Where the simulated networks listen; set by `make run`.")
    port: int = _setting(8000, "Port of the web server.")

    def __post_init__(self) -> None:
        try:
            read_order(self.sms_carriers)
            read_rates(self.sms_rates)
        except ValueError as problem:
            raise SettingsError(f"SMS_CARRIERS or SMS_RATES: {problem}.") from problem
        if not 1 <= self.sms_calls_at_once <= 200:
            raise SettingsError("SMS_CALLS_AT_ONCE is a number from 1 to 200.")
        if len(self.sms_sender) > 11:
            raise SettingsError("SMS_SENDER may have at most 11 characters.")
        if self.number_checks not in ("", "africas_talking"):
            raise SettingsError("NUMBER_CHECKS is empty or africas_talking.")
        if bool(self.momo_client_id) != bool(self.momo_client_secret) or (self.momo_token_url and not self.momo_client_id):
            raise SettingsError("MOMO_CLIENT_ID and MOMO_CLIENT_SECRET are set together, and MOMO_TOKEN_URL with them.")
        if bool(self.missed_call_received) != bool(self.missed_call_not_received):
            raise SettingsError("MISSED_CALL_RECEIVED and MISSED_CALL_NOT_RECEIVED are set together or not at all.")
        if not self.callback_token.isascii() or "/" in self.callback_token or not self.callback_token:
            raise SettingsError("CALLBACK_TOKEN must be plain characters without a slash.")
        try:
            read_screens(self.ussd_screens)
        except ValueError as problem:
            raise SettingsError(f"USSD_SCREENS: {problem}.") from problem
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError) as problem:
            raise SettingsError(f"TIMEZONE {self.timezone!r} is not a known time zone.") from problem

        if self.closed_hours and self.closed_hours[0] >= self.closed_hours[1]:
            raise SettingsError("CLOSED_UNTIL must be later than CLOSED_FROM.")

    @property
    def closed_hours(self) -> tuple[datetime, datetime] | None:
        """The announced maintenance, in the zone of TIMEZONE where none is written."""
        if not self.closed_from and not self.closed_until:
            return None
        try:
            since, until = (datetime.fromisoformat(each) for each in (self.closed_from, self.closed_until))
        except ValueError as problem:
            raise SettingsError("CLOSED_FROM and CLOSED_UNTIL are both written like 2027-01-05T22:00.") from problem
        zone = ZoneInfo(self.timezone)
        since, until = (each if each.tzinfo else each.replace(tzinfo=zone) for each in (since, until))
        return since, until

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Settings:
        given = os.environ if environment is None else environment
        values: dict[str, Any] = {}
        for each in fields(cls):
            written = given.get(each.name.upper(), "").strip()
            if not written:
                continue
            try:
                values[each.name] = int(written) if each.type == "int" else written
            except ValueError as problem:
                raise SettingsError(f"{each.name.upper()} must be a whole number, not {written!r}.") from problem
        return cls(**values)

    @property
    def local(self) -> bool:
        """True while the callback token is the public default: then only loopback is served."""
        return self.callback_token == "local"  # noqa: S105 - the public default, not a secret

    @property
    def simulated(self) -> bool:
        """True when Africa's Talking is the simulator's own network."""
        return self.at_username == "sandbox" and not self.at_api_key and not self.at_base_url

    @property
    def carriers(self) -> tuple[str, ...]:
        """The carriers that can be called, by name, the first one first."""
        ready = {"africas_talking": True, "esms": bool(self.esms_api_key or (self.simulated and self.networks_url))}
        return tuple(name for name in read_order(self.sms_carriers) if ready[name]) or ("africas_talking",)

    @property
    def esms_url(self) -> str:
        """Where eSMS.vn is; empty means theirs."""
        return self.esms_base_url or ("" if self.esms_api_key else self.networks_url)

    @property
    def esms_callback_url(self) -> str:
        base = self.sms_callback_base or f"http://127.0.0.1:{self.port}"
        return f"{base}/callbacks/{self.callback_token}/sms-reports/esms"

    @property
    def sms_url(self) -> str:
        """Where messages are handed over; empty means Africa's Talking itself."""
        return self.at_base_url or (self.networks_url if self.simulated else "")

    @property
    def mobile_money_url(self) -> str:
        return self.momo_base_url or f"{self.networks_url}/v1.2/mm"

    @property
    def mtn_momo_url(self) -> str:
        return self.mtn_momo_base_url or f"{self.networks_url}/mtn-momo"

    @property
    def mobile_money_callback_url(self) -> str:
        return self.callback_for("gsma")

    def callback_for(self, provider: str) -> str:
        """Where this mobile-money provider calls back."""
        base = self.momo_callback_base or f"http://127.0.0.1:{self.port}"
        return f"{base}/callbacks/{self.callback_token}/mobile-money/{provider}"

    def mobile_money_names(self) -> tuple[str, ...]:
        """As MOMO_PROVIDERS names them, known or not."""
        return tuple(name.strip() for name in self.momo_providers.split(",") if name.strip())

    def keys(self) -> tuple[bytes, bytes]:
        """(secret key, data key); made once and kept in var/keys where none is given, only on a local stack."""
        if self.secret_key and self.data_key:
            return self.secret_key.encode(), self.data_key.encode()
        if not self.local:
            raise SettingsError("SECRET_KEY and DATA_KEY must be set when CALLBACK_TOKEN is.")
        kept = _local_keys(VAR / "keys")
        return (self.secret_key.encode() or kept[0], self.data_key.encode() or kept[1])


def _local_keys(path: Path) -> tuple[bytes, bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(handle, "w") as file:
            file.write(f"{secrets.token_hex(32)}\n{secrets.token_hex(32)}\n")
    first, second = path.read_text().split()
    return first.encode(), second.encode()
