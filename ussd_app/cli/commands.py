"""The tree of commands under `flask --app wsgi`."""

from __future__ import annotations

import click

from ussd_app.cli import batches, ledger, lists, setup, visits
from ussd_app.cli.counter import Counter


def groups(counter: Counter) -> tuple[click.Group, ...]:
    """Every group, served at this counter."""
    tree = {
        "users": ("Officers.", (setup.add,)),
        "people": ("The people list.", (lists.people,)),
        "payments": ("Payment lists: import, approve, release.", (lists.payments, batches.approve, batches.release)),
        "ledger": ("The ledger.", (ledger.check,)),
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
