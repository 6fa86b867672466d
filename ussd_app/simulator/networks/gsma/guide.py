"""What somebody needs who has just started the provider alone: addresses, keys, accounts, magic, and lines to paste."""

from __future__ import annotations

from ussd_app.simulator.networks.configuration import NetworksConfiguration
from ussd_app.simulator.networks.gsma.sandbox import SAMPLES

_GIVEN_KEY = "$MOMO_API_KEY"


def guide(configuration: NetworksConfiguration) -> str:
    url = f"http://127.0.0.1:{configuration.port}"
    key = "simulated" if configuration.momo_api_key == "simulated" else _GIVEN_KEY  # one that was given is not shown
    shown = "must be shown" if configuration.key_required else "may be left out; a wrong one is refused"
    accounts = [
        f"    {kind} {identifier:<16} {amount:>10} {currency}  {holder}"
        for kind, identifier, currency, amount, holder in (*SAMPLES, *configuration.accounts)
    ]
    return "\n".join(
        [
            "",
            "  The mobile-money provider is running (GSMA Mobile Money API 1.2).",
            "",
            f"  Base URL           {url}/v1.2/mm",
            f"  the same           {url}   and below any path that ends in /v1.2/mm",
            f"  Key                X-API-Key: {key}   ({shown})",
            f"  Token              POST {url}/oauth/token, client_credentials, the key as client_secret",
            f"  Currencies         {', '.join(configuration.currencies)}",
            f"  Behaviour, faults  {url}/control/provider   {url}/control/faults",
            "",
            "  Accounts",
            f"    accountid {configuration.momo_account}: the programme's, and of every client that is not known",
            *accounts,
            "    and those that GSMA's public cases name, from msisdn +33555000200 on, in USD",
            "",
            "  Magic amounts      50 52 54 60 succeed · 51 insufficientFunds · 53 identifierError",
            "                     61 mandatoryValueNotSupplied · 22 (reversal) formatError",
            "  Magic numbers      +84990000001 stuck · …04 callback late · …05 never · …06 twice · …07 before the 202",
            "                     …09 answer lost · …10 request lost · …20 to …41 fail with a reason (docs/provider.md)",
            "",
            *_lines(url, key),
            "",
            "  Ctrl-C stops it.",
            "",
        ]
    )


def _lines(url: str, key: str) -> list[str]:
    head = f'curl -s -H "X-API-Key: {key}" -H "Content-Type: application/json"'
    post = f'{head} -H "X-CorrelationID: $(newid)"'
    party = '[{"key":"msisdn","value":"+84912345678"}]'
    code = '{"amount":"200000","currency":"VND","codeLifetime":600,"holdFundsIndicator":true}'
    cash = f'{{"amount":"200000","currency":"VND","oneTimeCode":"CODE","debitParty":{party},"creditParty":' + (
        '[{"key":"storeid","value":"1001"}]}'
    )
    pay = f'{{"amount":"100000","currency":"VND","creditParty":{party}}}'
    return [
        "  Lines to paste (a callback is PUT to X-Callback-URL; without one, ask /requeststates/<serverCorrelationId>):",
        "    newid() { python3 -c 'import uuid; print(uuid.uuid4())'; }",
        f"    {head} {url}/accounts/msisdn/+84912345678/balance",
        f"    {post} {url}/transactions/type/disbursement -d '{pay}'",
        f"    {post} {url}/accounts/msisdn/+84912345678/authorisationcodes -d '{code}'",
        f"    {head} '{url}/accounts/msisdn/+84912345678/authorisationcodes?codeState=active'",
        f"    {post} {url}/transactions/type/withdrawal -d '{cash}'",
        f'    {post} {url}/transactions/REFERENCE/reversals -d \'{{"type":"reversal"}}\'',
        f"    {head} {url}/accounts/msisdn/+84912345678/statemententries",
    ]
