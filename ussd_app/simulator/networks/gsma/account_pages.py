"""The pages of an account: itself, its balance, status, holder, what moved on it, and its one-time codes."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from ussd_app.simulator.networks.gsma import accounts, authorisation_codes, statements, transactions
from ussd_app.simulator.networks.gsma.accounts import Account
from ussd_app.simulator.networks.gsma.clients import own_account
from ussd_app.simulator.networks.gsma.money import money_in
from ussd_app.simulator.networks.gsma.pages import account_rule, listed, page
from ussd_app.simulator.networks.gsma.receiving import client_of, destined, json_body, take, take_change
from ussd_app.simulator.networks.gsma.validation import check_request
from ussd_app.simulator.networks.parts import Parts


def account_pages(pages: Blueprint, parts: Parts) -> None:
    _what_it_is(pages, parts)
    _what_moved(pages, parts)
    _codes(pages, parts)


def _what_it_is(pages: Blueprint, parts: Parts) -> None:
    def balance(account: Account) -> Response:
        return jsonify(accounts.balance(parts.book, account, request.args.get("currency", "")))

    def status(account: Account) -> Response:
        return jsonify(accounts.status(parts.book, account))

    def holder(account: Account) -> Response:
        return jsonify(accounts.name(parts.book, account))

    def whole(account: Account) -> Response:
        return jsonify(accounts.whole(parts.book, account))

    for rest, view in (("", whole), ("/balance", balance), ("/status", status), ("/accountname", holder)):
        account_rule(pages, "GET", rest, view, nobody=True)

    @pages.get("/accounts/balance")
    def own_balance() -> Response:
        return balance(own_account(parts.configuration, client_of(request)))


def _what_moved(pages: Blueprint, parts: Parts) -> None:
    def moved(account: Account) -> Response:
        accounts.balance(parts.book, account)
        rows, count = statements.movements(parts.book, account, page(request.args))
        return listed([transactions.present(row) for row in rows], count)

    def entries(account: Account) -> Response:
        accounts.balance(parts.book, account)
        rows, count = statements.movements(parts.book, account, page(request.args))
        return listed([statements.entry(row, account) for row in rows], count)

    account_rule(pages, "GET", "/transactions", moved)
    account_rule(pages, "GET", "/statemententries", entries)


def _codes(pages: Blueprint, parts: Parts) -> None:
    def ask(account: Account) -> Response:
        body = json_body(request)
        check_request("requestAuthorisationCode", body)
        money_in(body, parts.configuration.currencies)
        for party in body.get("redemptionAccountIdentifiers", []):
            Account.named(party["key"], party["value"])
        fate = destined(parts, "authorisationcode", body, account)
        return take(parts, request, "authorisationcode", account, body, fate=fate)

    def all_of_them(account: Account) -> Response:
        state = request.args.get("codeState", "").lower()
        return listed(*authorisation_codes.listed(parts.book, account, state, page(request.args)))

    def one(account: Account, code: str) -> Response:
        return jsonify(authorisation_codes.one(parts.book, account, code))

    def change(account: Account, code: str) -> Response:
        authorisation_codes.one(parts.book, account, code)
        return take_change(parts, request, "change_code", account, code)

    account_rule(pages, "POST", "/authorisationcodes", ask)
    account_rule(pages, "GET", "/authorisationcodes", all_of_them)
    account_rule(pages, "GET", "/authorisationcodes/<code>", one)
    account_rule(pages, "PATCH", "/authorisationcodes/<code>", change)
