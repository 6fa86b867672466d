"""Under which addresses the API is found: at `/v1.2/mm`, below any path that ends so, and at the root itself."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ussd_app.simulator.networks.gsma.entrance import TOKENS_AT

_BASE = re.compile(r"^(?:/[^/]+)*?/v[0-9]+(?:\.[0-9]+)*(?:/[^/]+)??/mm(?=/|$)")
_RESOURCES = re.compile(
    r"^/(transactions|batchtransactions|accounts|requeststates|responses|statemententries|heartbeat)(?=/|$)"
)
_TOKEN = re.compile(r"/oauth2?/(?:access)?token$|^/(?:access)?token$")
_SLASHES = re.compile(r"/{2,}")


def canonical(path: str) -> str:
    """
    >>> canonical("/simulator/v1.2/passthrough/mm/heartbeat"), canonical("/heartbeat"), canonical("/control/faults")
    ('/v1.2/mm/heartbeat', '/v1.2/mm/heartbeat', '/control/faults')
    >>> canonical("/v1/oauth/accesstoken"), canonical("/accounts/walletid/1/balance/"), canonical("/control/")
    ('/oauth/token', '/v1.2/mm/accounts/walletid/1/balance', '/control/')
    """
    plain = _SLASHES.sub("/", path)
    rest = _BASE.sub("", plain)
    if _TOKEN.search(rest):
        return TOKENS_AT
    # A suite that joins "transactions/" and a link has the resource twice.
    rest = re.sub(r"^/(transactions|batchtransactions)(?=/\1/)", "", rest)
    return f"/v1.2/mm{rest.rstrip('/')}" if rest != plain or _RESOURCES.match(rest) else plain


def under_any_base(application: Any) -> Any:
    def found(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        environ["PATH_INFO"] = canonical(environ["PATH_INFO"])
        return application(environ, start_response)

    return found
