"""The same POST again, ten at once, and after the web was killed: the same bytes, and one effect."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from handset import PIN, Call, Handset

from bench.own_stack import OwnStack, wait_for

WRONG_PIN = "1357"


def ten_at_once(call: Call) -> bytes:
    """Identical bytes, whoever asked first."""
    with ThreadPoolExecutor(10) as lines:
        pages = set(lines.map(lambda _: call.post(), range(10)))
    (page,) = pages
    assert call.post() == page
    return page


def test_a_first_turn(stack: OwnStack, handset: Handset):
    call = handset.call()
    assert ten_at_once(call).startswith(b"CON Kinh chao ")
    assert stack.count("SELECT count(*) FROM visit WHERE session_id = %s", call.session_id) == 1


def test_a_turn_that_confirms(stack: OwnStack, handset: Handset):
    call = handset.dialled()
    call.press("3")
    call.keyed.append("1")
    page = ten_at_once(call).decode()
    (said,) = stack.rows(
        "SELECT receipt_reference FROM payment WHERE person_id = %s AND receipt <> 'not_asked'", handset.person_id
    )
    assert f"Ma {said['receipt_reference']}." in page


def test_a_turn_that_orders_cash(stack: OwnStack, handset: Handset):
    handset.set_pin()
    call = handset.before_the_pin()
    call.keyed.append(PIN)
    page = ten_at_once(call).decode()
    (order,) = handset.orders()
    assert f"Ma {order['reference']}." in page
    assert handset.available() == handset.had - 500_000
    handset.message("Ma rut tien")


def test_a_wrong_pin_is_counted_once(stack: OwnStack, handset: Handset):
    handset.set_pin()
    call = handset.before_the_pin()
    call.keyed.append(WRONG_PIN)
    assert ten_at_once(call).startswith(b"CON ")
    assert stack.count("SELECT wrong_tries FROM pin WHERE person_id = %s", handset.person_id) == 1
    assert not handset.orders()


def test_every_one_of_them_after_the_web_was_killed(stack: OwnStack, next_handset: Callable[[], Handset]):
    first = next_handset().call()
    confirmed = next_handset().dialled()
    confirmed.press("3", "1")
    buyer = next_handset()
    buyer.set_pin()
    ordered, wrong = buyer.before_the_pin(), next_handset()
    ordered.press(PIN)
    wrong.set_pin()
    mistaken = wrong.before_the_pin()
    mistaken.press(WRONG_PIN)
    calls = (first, confirmed, ordered, mistaken)
    before = [each.post() for each in calls]
    stack.kill("web")
    wait_for(lambda: lives(stack), 30, "the web to be back")
    assert [each.post() for each in calls] == before
    assert len(buyer.orders()) == 1
    assert stack.count("SELECT wrong_tries FROM pin WHERE person_id = %s", wrong.person_id) == 1


def lives(stack: OwnStack) -> bool:
    try:
        return stack.ask("GET", "/live")[0] == 200
    except OSError:
        return False
