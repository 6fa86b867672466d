"""Language, tickets and who is in charge: what is pressed on a phone is written down, and seen again."""

from tests.http.line import PHONE, Town


def test_a_language_that_was_chosen_is_spoken_at_once_and_kept(town: Town) -> None:
    town.person("Nguyễn Thị Đào", PHONE)
    assert town.dial().press("6", "3").startswith("CON The language is changed.\nHello Ms Dao")
    assert town.rows("SELECT language, chosen_language FROM person") == [("vi", "en")]
    assert town.dial().page.startswith("CON Hello Ms Dao")


def test_a_call_back_is_one_ticket_however_often_it_is_asked_for(town: Town) -> None:
    town.person("Nguyễn Thị Đào", PHONE)
    first = town.dial().press("5", "1")
    assert first.startswith("END Da ghi nhan. So phieu Y")
    assert "truoc ngay 30/1" in first
    assert town.dial().press("6", "1", "3", "2") == first
    assert town.rows("SELECT kind, voice, asked_from FROM complaint") == [("call_back", "nung", PHONE.e164)]
    assert town.rows("SELECT voice FROM person") == [("nung",)]


def test_every_kind_of_ticket_is_seen_again(town: Town) -> None:
    town.person("Nguyễn Thị Đào", PHONE)
    for keys in ("1", "2*1", "3*20000", "4*1", "5*1"):
        assert town.dial(keys=f"5*{keys}").page.startswith("END Da ghi nhan.")
    kinds = {"call_back", "not_received", "fee_taken", "lost_sim", "suspicious_call"}
    assert {kind for (kind,) in town.rows("SELECT kind FROM complaint")} == kinds
    assert town.rows("SELECT taken_amount FROM complaint WHERE kind = 'fee_taken'") == [(20_000,)]
    page = town.dial(keys="5*6")
    assert "9 Xem tiep" in page.page
    assert page.press("9").count(": truoc ") == 2


def test_a_ticket_that_was_answered_says_so_and_leaves_room_for_another(town: Town) -> None:
    town.person("Nguyễn Thị Đào", PHONE)
    town.dial(keys="5*1")
    town.do("UPDATE complaint SET state = 'closed'")
    assert "goi lai: da xong" in town.dial(keys="5*6").page
    assert town.dial(keys="5*1").page.startswith("END Da ghi nhan.")
    assert len(town.rows("SELECT 1 FROM complaint")) == 2


def test_who_is_in_charge_is_named_once_the_office_has_named_someone(town: Town) -> None:
    town.person("Nguyễn Thị Đào", PHONE)
    assert "Phu trach: UBND" in town.dial(keys="5*5*2").page
    town.do("UPDATE commune SET officer_name = 'Nông Thị Hà', officer_phone = '02093870001' WHERE code = '05443'")
    assert "Phu trach: Nong Thi Ha" in town.dial(keys="5*5*2").page


def test_what_the_commune_holds_is_asked_about_with_its_day_and_place(town: Town) -> None:
    person = town.person("Nguyễn Thị Đào", PHONE, method="focal")
    town.do("INSERT INTO officer (name, roles) VALUES ('lan', '{enters}')")
    town.do(
        """INSERT INTO payment_batch (list_name, file_hash, entered_by) SELECT 'tet.csv', '\\x00', id FROM officer""",
    )
    town.do(
        """INSERT INTO payment (batch_id, line, person_id, programme, cycle, amount, grant_id, state, released_at)
           SELECT id, 2, :person, 'tet_gift', '2027-01', 300000, gen_random_uuid(), 'released', now() FROM payment_batch""",
        person=person,
    )
    assert "Nha van hoa" not in town.dial(keys="1").page
    town.do("INSERT INTO hand_out SELECT id, current_date + 3, 'Nhà văn hóa xã' FROM commune WHERE code = '05443'")
    asked = town.dial(keys="1")
    assert "nhan ho. Phat ngay" in asked.page
    assert "tai Nha van hoa xa." in asked.page
    assert asked.press("1").startswith("END Cam on ba. Da ghi nhan ba nhan du 300.000d")
