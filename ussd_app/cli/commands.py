"""The tree of commands under `flask --app wsgi`."""

from __future__ import annotations

import click

from ussd_app.cli import (
    adjustments,
    batches,
    came_back,
    campaigns,
    care,
    cash_outs,
    closes,
    communes,
    corrections,
    deaths,
    focal,
    holds,
    ledger,
    limits,
    lists,
    point_phones,
    points,
    programmes,
    restore,
    sent_back,
    setup,
    sheets,
    sms,
    sms_office,
    suspense,
    tickets,
    unclaimed,
    visits,
)
from ussd_app.cli.counter import Counter

TREE: dict[str, tuple[str, tuple[click.Command, ...]]] = {
    "users": ("Officers.", (setup.add,)),
    "people": (
        "People: the list, one of them looked up, and the dead.",
        (lists.people, care.look_up, deaths.deceased, deaths.alive, deaths.heirs),
    ),
    "payments": (
        "Payment lists: import, check, approve, release, what is held, and what became of the news.",
        (
            lists.payments,
            holds.check,
            batches.approve,
            batches.release,
            holds.held,
            holds.decide,
            holds.correct,
            holds.list_exclusions,
            holds.exclude,
            came_back.came_back,
            sent_back.returned,
            sent_back.send_again,
            sheets.sheet,
        ),
    ),
    "campaigns": ("One notice to many people.", campaigns.COMMANDS),
    "sms": (
        "Messages: held back or let go, how they stand, what never arrived, and what they cost.",
        (sms.pause, sms.resume, sms.status, *sms_office.COMMANDS),
    ),
    "pins": ("A forgotten PIN, by two officers.", (care.ask_reset, care.send_reset)),
    "phones": ("Which numbers are surely whose.", (care.doubt, care.prove)),
    "helpers": ("Who reads and confirms for somebody else.", (care.add_helper, care.end_helper)),
    "communes": ("What a commune tells its people.", (communes.name_officer, communes.plan_hand_out)),
    "statements": ("Providers' statements.", (closes.import_statement, closes.fetch)),
    "close": (
        "The daily close: lists, ledger and statement.",
        (closes.close_day, closes.show_day, closes.open_board, closes.settle, closes.export),
    ),
    "focal": (
        "What communes keep for their people, and the sessions in which it is handed out.",
        (focal.open_session, focal.list_session, focal.hand_out, focal.close_session, focal.explain, focal.communes),
    ),
    "points": ("Pay points, their phones, and who tries codes there.", (*points.COMMANDS, *point_phones.COMMANDS)),
    "limits": ("What may be taken out.", (limits.list_limits, limits.set_limits)),
    "fees": ("What a cash-out costs.", (limits.list_fees, limits.set_fee)),
    "cash-outs": ("Cash-outs about which a person must decide.", cash_outs.COMMANDS),
    "restore": (
        "Going on after a backup was restored.",
        (restore.begin, restore.show, restore.end),
    ),
    "ledger": (
        "The ledger: is it true, what the state paid in, its entries, and taking a wrong one back.",
        (ledger.check, ledger.fund, ledger.periods, corrections.list_entries, corrections.correct),
    ),
    "adjustments": ("What two officers do to the ledger together.", adjustments.COMMANDS),
    "suspense": ("What a provider paid and nobody's account says.", suspense.COMMANDS),
    "programmes": (
        "What each programme pays.",
        (programmes.list_them, programmes.set_amount, programmes.set_priority),
    ),
    "tickets": ("What people asked of the office.", (tickets.list_open, tickets.close)),
    "unclaimed": (
        "Money that waits for its owner.",
        (unclaimed.list_them, unclaimed.ask_return, unclaimed.claim_again, adjustments.agree),
    ),
    "visits": ("What people do on the line.", (visits.report,)),
    "db": ("The database.", (setup.upgrade,)),
    "demo": ("Demo data.", (setup.demo_lists, setup.demo_load)),
}


def groups(counter: Counter) -> tuple[click.Group, ...]:
    """Every group, served at this counter."""
    made: list[click.Group] = []
    for name, (help_text, commands) in TREE.items():
        group = click.Group(name, help=help_text)
        for command in commands:
            group.add_command(command)
        group.context_settings["obj"] = counter
        made.append(group)
    return tuple(made)
