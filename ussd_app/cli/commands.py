"""The tree of commands under `flask --app wsgi`."""

from __future__ import annotations

import click

from ussd_app.cli import batches, care, communes, deaths, holds, ledger, lists, programmes, setup, visits
from ussd_app.cli.counter import Counter


def groups(counter: Counter) -> tuple[click.Group, ...]:
    """Every group, served at this counter."""
    tree = {
        "users": ("Officers.", (setup.add,)),
        "people": (
            "People: the list, one of them looked up, and the dead.",
            (lists.people, care.look_up, deaths.deceased, deaths.alive, deaths.heirs),
        ),
        "payments": (
            "Payment lists: import, check, approve, release, and what is held.",
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
            ),
        ),
        "pins": ("A forgotten PIN, by two officers.", (care.ask_reset, care.send_reset)),
        "phones": ("Which numbers are surely whose.", (care.doubt, care.prove)),
        "helpers": ("Who reads and confirms for somebody else.", (care.add_helper, care.end_helper)),
        "communes": ("What a commune tells its people.", (communes.name_officer, communes.plan_hand_out)),
        "ledger": ("The ledger.", (ledger.check, ledger.fund, ledger.periods)),
        "programmes": (
            "What each programme pays.",
            (programmes.list_them, programmes.set_amount, programmes.set_priority),
        ),
        "visits": ("What people do on the line.", (visits.report,)),
        "db": ("The database.", (setup.upgrade,)),
        "demo": ("Demo data.", (setup.demo_lists, setup.demo_load)),
    }
    made: list[click.Group] = []
    for name, (help_text, commands) in tree.items():
        group = click.Group(name, help=help_text)
        for command in commands:
            group.add_command(command)
        group.context_settings["obj"] = counter
        made.append(group)
    return tuple(made)
