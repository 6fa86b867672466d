"""The counter at which a command is served: it finds the services, and turns what goes wrong into one sentence."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn, ParamSpec, Protocol, TypeVar
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, OperationalError, ProgrammingError

from ussd_app.actions.desk import Desk
from ussd_app.actions.payments import NotAllowed
from ussd_app.http.doorbell import Doorbell
from ussd_app.lists.errors import ListError
from ussd_app.settings import Settings, SettingsError
from ussd_app.store import officers
from ussd_app.store.database import Database, DatabaseUnreachable
from ussd_app.store.officers import Officer
from ussd_app.store.vault import Vault

ALL_WENT_IN, SOME_REJECTED, NOTHING_DONE = 0, 1, 2
PROVIDERS = ("gsma", "mtn_momo")


class Reached(Protocol):
    """Where the services are."""

    @property
    def database_url(self) -> str: ...
    @property
    def redis_url(self) -> str: ...
    @property
    def networks_url(self) -> str: ...


Services = Callable[[Settings], AbstractContextManager[Reached]]


@dataclass(frozen=True, slots=True)
class Open:
    """What a command works with once the counter is open."""

    database: Database
    desk: Desk
    doorbell: Doorbell
    reached: Reached

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Counter:
    settings: Settings
    services: Services | None
    provider: str

    @contextmanager
    def open(self) -> Iterator[Open]:
        if self.services is None:
            raise SettingsError("DATABASE_URL must be set.")
        _, data_key = self.settings.keys()
        desk = Desk(
            Vault(data_key),
            self.settings.sms_sender,
            self.settings.hotline,
            self.provider,
            ZoneInfo(self.settings.timezone),
            self.settings.ussd_code,
        )
        with self.services(self.settings) as reached:
            database = Database(reached.database_url)
            try:
                database.check()
                yield Open(database, desk, Doorbell(reached.redis_url), reached)
            finally:
                database.close()


def officer_named(db: Connection, name: str) -> Officer:
    officer = officers.find(db, name)
    if officer is None:
        raise NotAllowed(f"There is no officer {name!r}: add one with `users add NAME --role ROLE`.")
    return officer


def in_words(_: click.Context, asked: click.Parameter, written: str) -> str:
    """What is kept for good says something. Raises BadParameter for blanks."""
    if not written.strip():
        raise click.BadParameter("needs a few words.", param=asked)
    return written.strip()


def provider_named(name: str) -> str:
    """Raises NotAllowed for a provider that has no page here: a slip of the pen must not make a second set of books."""
    if name not in PROVIDERS:
        raise NotAllowed(f"There is no provider {name!r}; known are {', '.join(PROVIDERS)}.")
    return name


Asked = ParamSpec("Asked")
Given = TypeVar("Given")


def in_one_sentence(command: Callable[Asked, Given]) -> Callable[Asked, Given]:
    """What a person can mend ends in one sentence on stderr and exit status 2, never in a trace."""

    @functools.wraps(command)
    def served(*args: Asked.args, **kwargs: Asked.kwargs) -> Given:
        try:
            return command(*args, **kwargs)
        except (ListError, NotAllowed, SettingsError, DatabaseUnreachable) as problem:
            _refuse(str(problem))
        except OperationalError:
            _refuse("The database stopped answering; nothing more was done. Run the same command again.")
        except ProgrammingError:
            _refuse("The database is not up to date: run `flask --app wsgi db upgrade` first.")
        except (DataError, OverflowError):
            _refuse("A number or a date is beyond anything that can be written down; nothing was done.")
        except OSError as problem:
            if problem.filename is None:
                raise
            _refuse(f"{problem.filename} cannot be read or written: {problem.strerror}.")
        except KeyboardInterrupt:
            _refuse("Stopped. What went in stays in; run the same command again to go on.")

    return served


def _refuse(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(NOTHING_DONE)
