"""Messages go in through the real SDK, lie in the phone's inbox, and are reported on."""

from __future__ import annotations

from urllib.parse import parse_qs

import pytest
import requests
from africastalking.Service import AfricasTalkingException
from africastalking.SMS import SMSService

PHONE = "+84912345678"


@pytest.fixture
def sdk(networks):
    service = SMSService("sandbox", "any key")
    service._baseUrl = f"{networks.url}/version1"
    return service


def report(product):
    told = product.hears()
    assert (told.method, told.path) == ("POST", "/callbacks/local/sms-reports")
    return {name: values[0] for name, values in parse_qs(told.body).items()}


def test_a_message_arrives_on_the_phone_and_is_reported(sdk, networks, product):
    answer = sdk.send("Tiền của bà đã về", [PHONE], "ASXH")["SMSMessageData"]
    [recipient] = answer["Recipients"]
    assert answer["Message"] == "Sent to 1/1 Total Cost: VND 350.0000"
    assert (recipient["statusCode"], recipient["status"], recipient["number"]) == (101, "Success", PHONE)

    newest = networks.inbox(PHONE)[-1]
    assert (newest["id"], newest["from"], newest["text"]) == (recipient["messageId"], "ASXH", "Tiền của bà đã về")
    assert newest["at"].endswith("Z")
    assert report(product) == {
        "id": recipient["messageId"],
        "status": "Success",
        "phoneNumber": PHONE,
        "networkCode": "99999",
        "retryCount": "0",
    }


def test_the_inbox_is_oldest_first(sdk, networks):
    for text in ("một", "hai", "ba"):
        sdk.send(text, ["+84900000001"])
    assert [each["text"] for each in networks.inbox("+84900000001")] == ["một", "hai", "ba"]


def test_a_call_takes_a_thousand_phones_and_answers_for_each_in_order(sdk, networks, product):
    before = networks.book()["sms"]["accepted"]
    phones = [f"+8493{number:07}" for number in range(1000)]
    recipients = sdk.send("Thông báo", phones)["SMSMessageData"]["Recipients"]
    assert [each["number"] for each in recipients] == phones
    assert len({each["messageId"] for each in recipients}) == 1000
    assert networks.book()["sms"]["accepted"] == before + 1000
    assert {report(product)["id"] for _ in phones} == {each["messageId"] for each in recipients}


def test_more_than_a_thousand_are_refused_whole(sdk, networks):
    before = networks.book()["sms"]["accepted"]
    with pytest.raises(AfricasTalkingException):
        sdk.send("Thông báo", [f"+8493{number:07}" for number in range(1001)])
    assert networks.book()["sms"]["accepted"] == before


@pytest.mark.parametrize(
    ("number", "code", "status"),
    [
        ("+1234", 403, "InvalidPhoneNumber"),
        ("+84123456789", 403, "InvalidPhoneNumber"),
        ("+842083855000", 404, "UnsupportedNumberType"),
    ],
)
def test_a_bad_number_is_told_and_the_good_ones_go(sdk, number, code, status):
    bad, good = sdk.send("Chào", [number, PHONE])["SMSMessageData"]["Recipients"]
    assert (bad["statusCode"], bad["status"]) == (code, status)
    assert good["statusCode"] == 101


def test_without_a_key_nobody_gets_in(networks):
    answer = requests.post(f"{networks.url}/version1/messaging", data={"to": PHONE}, timeout=10)
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "text/plain")


def test_a_call_without_a_text_is_told_what_is_missing(networks):
    form = {"username": "sandbox", "to": PHONE}
    answer = requests.post(f"{networks.url}/version1/messaging", form, headers={"apiKey": "k"}, timeout=10)
    assert (answer.status_code, "message" in answer.text) == (400, True)


def test_a_report_is_brought_again_until_the_product_takes_it(sdk, product):
    statuses = iter([500, 404, 200])
    product.answer = lambda told: (next(statuses), "")
    [recipient] = sdk.send("Chào", [PHONE])["SMSMessageData"]["Recipients"]
    assert [report(product)["id"] for _ in range(3)] == [recipient["messageId"]] * 3


def test_a_call_that_breaks_off_was_accepted_all_the_same(sdk, networks):
    networks.break_(sms_cut_after_accept=1)
    with pytest.raises(requests.ConnectionError):
        sdk.send("Đứt dây", ["+84900000002"])
    assert [each["text"] for each in networks.inbox("+84900000002")] == ["Đứt dây"]


@pytest.mark.parametrize("fault", ["sms_error_500", "sms_busy"])
def test_an_error_took_nothing(sdk, networks, fault):
    networks.break_(**{fault: 1})
    with pytest.raises(AfricasTalkingException):
        sdk.send("Lỗi", ["+84900000003"])
    assert networks.inbox("+84900000003") == []


def test_a_person_who_blocks_the_sender_is_told_so_and_the_next_is_sent_to(sdk, networks):
    networks.break_(sms_refuse=1)
    recipients = sdk.send("Chào", ["+84900000004", "+84900000005"])["SMSMessageData"]["Recipients"]
    assert [each["statusCode"] for each in recipients] == [406, 101]
    assert networks.inbox("+84900000004") == []


def test_a_slow_network_answers_in_the_end(sdk, networks):
    networks.break_(sms_slow=1)
    assert sdk.send("Chậm", [PHONE], timeout=30)["SMSMessageData"]["Recipients"][0]["statusCode"] == 101
    with pytest.raises(requests.ReadTimeout):
        networks.break_(sms_slow=1)
        sdk.send("Chậm", [PHONE], timeout=(3, 0.5))


def test_a_report_may_come_twice(sdk, networks, product):
    networks.break_(sms_report_twice=1)
    [recipient] = sdk.send("Chào", [PHONE])["SMSMessageData"]["Recipients"]
    assert [report(product)["id"], report(product)["id"]] == [recipient["messageId"]] * 2


def test_a_failed_message_is_reported_with_its_reason(sdk, networks, product):
    networks.break_(sms_report_failed=1)
    sdk.send("Chào", [PHONE])
    told = report(product)
    assert (told["status"], told["failureReason"]) == ("Failed", "DeliveryFailure")


def test_a_lost_report_is_owed_to_nobody_and_a_late_one_is(sdk, networks, product):
    networks.break_(sms_report_lost=1, sms_report_late=1)
    sdk.send("Mất", [PHONE])
    assert networks.book()["callbacks_owed"] == 0
    networks.break_()
    networks.break_(sms_report_late=1)
    sdk.send("Muộn", [PHONE])
    assert networks.book()["callbacks_owed"] == 1


def test_a_message_may_be_lost_come_late_or_come_twice(sdk, networks):
    networks.break_(sms_lost=1)
    sdk.send("Mất", ["+84912000201"], "ASXH")
    networks.break_()
    networks.break_(sms_late=1)
    sdk.send("Chậm", ["+84912000202"], "ASXH")
    assert networks.inbox("+84912000201") == networks.inbox("+84912000202") == []
    networks.break_()
    networks.break_(sms_twice=1)
    sdk.send("Hai lần", ["+84912000203"], "ASXH")
    assert [each["text"] for each in networks.inbox("+84912000203")] == ["Hai lần", "Hai lần"]
