"""What the simulated networks must be told before they can start."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from ussd_app.settings import Settings, SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworksConfiguration:
    database_url: str
    web_url: str
    data_key: bytes = field(repr=False)
    callback_token: str = field(default="local", repr=False)
    momo_api_key: str = field(default="simulated", repr=False)
    momo_account: str = "asxh-thai-nguyen"
    host: str = "127.0.0.1"
    port: int = 0
    idle_limit_s: int = 30
    """A page that is not answered so long ends the call; most networks have 20 to 30."""
    session_limit_s: int = 180

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
            host=given.get("NETWORKS_HOST", "").strip() or "127.0.0.1",
            port=int(given.get("NETWORKS_PORT", "").strip() or 0),
            idle_limit_s=int(given.get("NETWORKS_IDLE_S", "").strip() or 30),
            session_limit_s=int(given.get("NETWORKS_SESSION_S", "").strip() or 180),
        )
