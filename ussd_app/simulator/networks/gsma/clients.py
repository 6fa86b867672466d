"""Who asks: which account belongs to the caller that an X-Client-Id names."""

from __future__ import annotations

from ussd_app.simulator.networks.configuration import NetworksConfiguration
from ussd_app.simulator.networks.gsma.accounts import Account
from ussd_app.simulator.networks.gsma.sandbox import CLIENTS


def own_account(configuration: NetworksConfiguration, client: str) -> Account:
    """The programme's, for a client that has no other."""
    if configuration.sandbox and client in CLIENTS:
        return Account(*CLIENTS[client])
    return Account("accountid", configuration.momo_account)
