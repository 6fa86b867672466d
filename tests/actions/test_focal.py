"""A commune hands out what it keeps: each part stays its owner's until it is in their hand, and two officers answer."""

from __future__ import annotations

import contextlib
import csv
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID, uuid4

import click
import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests.village import Village
from ussd_app.actions import focal
from ussd_app.actions.payments import NotAllowed
from ussd_app.cli import commands
from ussd_app.cli.counter import Counter, Reached
from ussd_app.domain.money import Dong
from ussd_app.domain.payments import Cycle, Role
from ussd_app.lists.hand_outs import HandOut
from ussd_app.local.services import Services
from ussd_app.settings import Settings
from ussd_app.store import ledger, periods
from ussd_app.store.officers import Officer
from ussd_app.store.trust import Session

COMMUNE, TET = "05443", Cycle(2027, 1)
EVERYTHING = None


def kept(village: Village, person: int) -> int:
    return village.number(
        f"SELECT coalesce(sum(credits_posted - debits_posted), 0)::bigint FROM account WHERE kept_for = {person:d}"
    )


def officers(village: Village) -> tuple[Officer, Officer]:
    return village.officer("an", Role.ENTERS, Role.APPROVES), village.officer("binh", Role.APPROVES, Role.ENTERS)


def opened(village: Village, *names: str) -> tuple[Session, list[int]]:
    people = [village.person(method="focal", phone=None, name=each) for each in names]
    village.pay(*people)
    an, _ = officers(village)
    with village.database.begin() as db:
        return focal.open_session(db, uuid4(), COMMUNE, TET, "nhà văn hóa", an, village.now), people


def hand_out(village: Village, session: Session, *rows: tuple[int, Dong | None]) -> focal.Hands:
    an, _ = officers(village)
    with village.database.begin() as db:
        hands = focal.Hands(db, session.id, an, village.now)
        assert not hands.enter([HandOut(2, session.id, number, paid) for number, paid in rows])
    return hands


def test_what_a_commune_keeps_is_each_persons_own(village: Village) -> None:
    people = [village.person(method="focal", phone=None) for _ in range(2)]
    village.pay(*people)
    assert [kept(village, each) for each in people] == [900_000, 900_000]
    assert [village.balance(each) for each in people] == [0, 0]
    assert not village.breaches()


def test_who_was_there_is_paid_and_who_was_not_keeps_their_part(village: Village) -> None:
    session, (ba, chi, dao) = opened(village, "Ba", "Chi", "Dao")
    assert hand_out(village, session, (1, EVERYTHING), (2, Dong(400_000)), (3, Dong(0))).total == 1_300_000
    _, binh = officers(village)
    with village.database.begin() as db:
        closed = focal.close_session(db, session.id, Dong(1_400_000), binh, village.now)
        (period,) = periods.periods(db)
    assert (closed.difference, closed.not_there) == (0, 1)
    assert [kept(village, each) for each in (ba, chi, dao)] == [0, 500_000, 900_000]
    assert (period.in_communes, period.gone_out) == (1_400_000, 1_300_000)
    assert not village.breaches()


def test_the_same_list_twice_pays_once(village: Village) -> None:
    session, (ba,) = opened(village, "Ba")
    assert hand_out(village, session, (1, EVERYTHING)).handed == 1
    again = hand_out(village, session, (1, EVERYTHING))
    assert (again.handed, again.unchanged) == (0, 1)
    assert kept(village, ba) == 0


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (HandOut(2, 999, 1, None), "not the list of session"),
        (HandOut(2, 1, 7, None), "no line of this session's list"),
        (HandOut(2, 1, 1, Dong(900_001)), "the list says 900.000đ"),
    ],
)
def test_a_row_that_cannot_be_is_refused_in_words(village: Village, row: HandOut, why: str) -> None:
    session, (ba,) = opened(village, "Ba")
    assert session.id == 1
    an, _ = officers(village)
    with village.database.begin() as db:
        (refused,) = focal.Hands(db, session.id, an, village.now).enter([row])
    assert why in refused.reason
    assert kept(village, ba) == 900_000


def test_a_second_session_does_not_count_on_the_same_money(village: Village) -> None:
    opened(village, "Ba")
    an, _ = officers(village)
    for why in ("keeps nothing for anybody", "is still open"):
        with pytest.raises(NotAllowed, match=why), village.database.begin() as db:
            focal.open_session(db, uuid4(), COMMUNE, TET, "", an, village.now)
        village.pay(village.person(method="focal", phone=None))


def test_whoever_opened_or_handed_out_does_not_close(village: Village) -> None:
    session, _ = opened(village, "Ba")
    an, binh = officers(village)
    with pytest.raises(NotAllowed, match="an opened session"), village.database.begin() as db:
        focal.close_session(db, session.id, Dong(900_000), an, village.now)
    with village.database.begin() as db:
        focal.Hands(db, session.id, binh, village.now).enter([HandOut(2, session.id, 1, None)])
    with pytest.raises(NotAllowed, match="or handed out"), village.database.begin() as db:
        focal.close_session(db, session.id, Dong(0), binh, village.now)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE pay_session SET closed_by = opened_by, closed_at = now(), counted_rest = 0, expected_rest = 0",
        "UPDATE pay_session_part SET handed = NULL, handed_by = NULL, handed_at = NULL WHERE handed IS NOT NULL",
        "UPDATE pay_session_part SET amount = 1",
        "UPDATE pay_session_part SET handed = amount + 1, handed_by = 1, handed_at = now()",
    ],
)
def test_the_database_itself_refuses_what_no_command_offers(village: Village, statement: str) -> None:
    session, _ = opened(village, "Ba", "Chi")
    hand_out(village, session, (1, EVERYTHING))
    with pytest.raises(IntegrityError), village.database.begin() as db:
        db.execute(text(statement))


def test_a_wrong_count_blocks_the_next_session_until_somebody_else_explains_it(village: Village) -> None:
    session, _ = opened(village, "Ba", "Chi")
    hand_out(village, session, (1, EVERYTHING))
    an, binh = officers(village)
    with village.database.begin() as db:
        assert focal.close_session(db, session.id, Dong(850_000), binh, village.now).difference == -50_000
    with pytest.raises(NotAllowed, match="explain it first"), village.database.begin() as db:
        focal.open_session(db, uuid4(), COMMUNE, TET, "", an, village.now)
    with pytest.raises(NotAllowed, match="somebody else must explain"), village.database.begin() as db:
        focal.explain(db, session.id, "a note was stuck to another", an, village.now)
    with village.database.begin() as db:
        focal.explain(db, session.id, "a note was stuck to another", binh, village.now)
        assert focal.open_session(db, uuid4(), COMMUNE, TET, "", an, village.now).id > session.id


def test_the_commune_gives_a_part_back_to_an_account_of_ones_own(village: Village) -> None:
    person = village.person(method="focal", phone=None)
    village.pay(person)
    grant = village.rows("SELECT grant_id FROM payment")[0][0]
    assert isinstance(grant, UUID)
    with village.database.begin() as db:
        assert ledger.return_to_owner(db, grant, uuid4(), Dong(900_000), "own_account")
    assert (village.balance(person), kept(village, person)) == (900_000, 0)
    assert not village.breaches()


@pytest.fixture
def counter_of(database_url: str) -> click.Group:
    @contextlib.contextmanager
    def services(_: Settings) -> Iterator[Reached]:
        yield Services(database_url, "", "")

    made = commands.groups(Counter(Settings(secret_key="for tests", data_key="for tests"), services, "gsma"))
    return click.Group("flask", commands={group.name: group for group in made if group.name})


def test_a_pay_out_day_at_the_counter(village: Village, counter_of: click.Group, tmp_path: Path) -> None:
    village.pay(*(village.person(method="focal", phone=None, name=each) for each in ("Ba", "Chi", "Dao")))
    officers(village)

    def say(line: str, status: int = 0) -> str:
        said = CliRunner().invoke(counter_of, line.split(), catch_exceptions=False)
        assert said.exit_code == status, said.output
        return said.output

    path = tmp_path / "list.csv"
    session = say(f"focal open-session {COMMUNE} --cycle 2027-01 --place UBND --as an --to {path}").splitlines()[-1]
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(each["full_name"], each["amount"]) for each in rows] == [
        ("Ba", "900000"),
        ("Chi", "900000"),
        ("Dao", "900000"),
    ]
    rows[0]["paid"], rows[1]["paid"], rows[2]["paid"] = "x", "", "maybe"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    assert "1 paid, 900.000đ; 0 as they were; 1 not there; 1 rows rejected." in say(
        f"focal hand-out {session} {path} --as an", status=1
    )
    assert "write yes, leave it empty" in (tmp_path / "list.csv.rejects.csv").read_text("utf-8-sig")
    assert "1 paid" in say(f"focal hand-out {session} --person 3 --amount 500000 --received-by Nam --as an")
    assert "The count is right" in say(f"focal close-session {session} --counted 1300000 --as binh")
    assert "1300000" in say("focal communes")
    assert "The ledger closes." in say("ledger check")
