"""The cast: the people and phones that every dialogue is rehearsed with, each there for one reason."""

from dataclasses import replace
from datetime import datetime, time, timedelta, timezone

from menus.cash_out_agree import AgreeToCashOut
from menus.home import Home
from menus.rehearsal import World
from menus.visit import Visit, freeze
from ussd_app.domain.caller import (
    CashOutSeen,
    CashOutState,
    ClosedUntil,
    Crowded,
    CutVisit,
    HandOut,
    InCharge,
    Line,
    PaymentSeen,
    Person,
    Pin,
    Service,
)
from ussd_app.domain.cash_out_rules import CashOutRules, Fee, Limits, Used
from ussd_app.domain.keepers import Keeper, KeeperPin, RedemptionState
from ussd_app.domain.money import NOTHING, Dong
from ussd_app.domain.payments import Cycle, Receipt
from ussd_app.domain.people import Gender, Language, PayoutMethod
from ussd_app.domain.phone import Phone
from ussd_app.domain.points import Hours, Point, PointDirectory
from ussd_app.domain.tickets import Ticket, TicketKind

NOW = datetime(2027, 1, 5, 9, 30, tzinfo=timezone(timedelta(hours=7)))
PHONE = Phone("+84912345678")
SERVICE = Service(hotline="18001234", ussd_code="*8899#")
PIN = "2580"
TEMPORARY_PIN = "9713"

POINTS = PointDirectory.of(
    (
        Point("1001", "Bưu điện Đức Xuân", "01840"),
        Point("1002", "Tạp hóa Cô Hạnh", "01840"),
        Point("1003", "Quầy Viettel cô Minh", "01840"),
        Point("1004", "Bưu điện chợ Bắc Kạn", "01840"),
        Point("2001", "Bưu điện Đồng Hỷ", "05659"),
        Point("2002", "Viettel Đồng Hỷ", "05659", no_cash_on=NOW.date()),
        Point("2003", "Tạp hóa chợ Đồng Hỷ", "05659", hours=Hours(time(13), time(17))),
        Point("1101", "Bưu điện Bắc Kạn", "01843", open=False),
        Point("1102", "Viettel Bắc Kạn", "01843", suspended=True),
        Point("3001", "Bưu điện Đại Phúc", "05710", suspended=True),
    ),
    {"01840": "Bắc Kạn", "01843": "Bắc Kạn", "05659": "Đồng Hỷ", "05710": "Đại Từ", "05488": "Định Hóa"},
)


def _sent(id: int, month: int, receipt: Receipt = Receipt.RECEIVED, programme: str = "social_pension") -> PaymentSeen:
    return PaymentSeen(id, Cycle(2026, month), programme, Dong(500_000), receipt)


def _order(state: CashOutState, reason: str = "", code: str = "") -> CashOutSeen:
    return CashOutSeen(
        reference="RT0815",
        amount=Dong(500_000),
        state=state,
        asked_at=NOW - timedelta(minutes=4),
        point_code="1001",
        point_name="Bưu điện Đức Xuân",
        reason=reason,
        code=code,
        code_expires_at=NOW + timedelta(hours=48) if code else None,
    )


DAO = Person(
    id=1,
    given_name="Đào",
    gender=Gender.FEMALE,
    language=Language.VIETNAMESE,
    birth_year=1948,
    commune_code="01840",
    commune_name="Phường Đức Xuân",
    payout_method=PayoutMethod.MOBILE_MONEY,
    balance=Dong(1_250_000),
    payments=(
        _sent(15, 12, Receipt.NOT_ASKED),
        _sent(14, 11),
        _sent(13, 10, Receipt.NOT_RECEIVED),
        _sent(12, 9, Receipt.WRONG_AMOUNT),
        _sent(11, 8),
    ),
)
"""The everyday person: money has come, the PIN is set, there is a point in the neighbourhood."""

HUNG = replace(
    DAO, id=2, given_name="Hùng", gender=Gender.MALE, birth_year=1950, payout_method=PayoutMethod.CASH,
    balance=Dong(500_000), payments=(_sent(21, 12, Receipt.NOT_ASKED, "poor_household"),),
)  # fmt: skip
"""Has never set a PIN."""

PHUONG = replace(
    DAO, id=3, given_name="Phượng", payout_method=PayoutMethod.BANK, balance=NOTHING,
    payments=(_sent(31, 12, Receipt.RECEIVED, "merit"),), language=Language.ACCENTED,
)  # fmt: skip
"""Paid into a bank account: the balance there is not ours to see."""

BINH = replace(DAO, id=4, given_name="Bình", gender=Gender.UNKNOWN, pin=Pin(tries_left=0))
"""The PIN is locked."""

LAN = replace(DAO, id=5, given_name="Lan", balance=Dong(750_000), last_cash_out=_order(CashOutState.SENT))
"""A cash-out is under way."""

MAI = replace(DAO, id=6, given_name="Mai", last_cash_out=_order(CashOutState.ISSUED, code="48151623"))
"""A cash-out code is waiting to be used."""

SEN = replace(DAO, id=7, given_name="Sen", balance=NOTHING, payments=())
"""Nothing has been sent yet."""

THANH = replace(DAO, id=8, given_name="Thanh", commune_code="05488", commune_name="Xã Định Hóa", gender=Gender.MALE)
"""No pay point in the commune: the code of one elsewhere must be keyed."""

VINH = replace(HUNG, id=9, given_name="Vinh", balance=NOTHING, payments=(), payout_method=PayoutMethod.WALLET)
XUAN = replace(HUNG, id=10, given_name="Xuân", balance=NOTHING)
"""Neither a PIN nor money."""
CUC = replace(DAO, id=11, given_name="Cúc", payout_method=PayoutMethod.FOCAL)
LIEN = replace(DAO, id=12, given_name="Liên", last_cash_out=_order(CashOutState.FAILED, "no_cash"))
NGA = replace(DAO, id=13, given_name="Nga", last_cash_out=_order(CashOutState.PAID))
OANH = replace(HUNG, id=14, given_name="Oanh", gender=Gender.FEMALE, pin=Pin(tries_left=0))
"""Locked before a first PIN was ever set: the year of birth was wrong three times."""

GIANG = replace(
    CUC, id=15, given_name="Giang", hand_out=HandOut("12/1", "Nhà văn hóa Đức Xuân"),
    in_charge=InCharge("Nông Thị Hà", "02093870001"),
)  # fmt: skip
"""Paid by the commune's hand, on a day and at a place that are known."""

YEN = replace(
    SEN, id=16, given_name="Yến",
    tickets=(
        Ticket("Y004", TicketKind.CALL_BACK, "9/1"),
        Ticket("Y003", TicketKind.LOST_SIM, "5/1", open=False),
        Ticket("Y002", TicketKind.FEE_TAKEN, "7/1"),
        Ticket("Y001", TicketKind.SUSPICIOUS_CALL, "2/1", open=False),
    ),
)  # fmt: skip
"""Has asked the office before."""

TAM = replace(BINH, id=17, given_name="Tâm", payments=(), pin=Pin(tries_left=0, temporary_tries=3))
"""Locked, and two officers have sent a temporary PIN."""

CAM = replace(TAM, id=18, given_name="Cẩm", balance=NOTHING, payments=())
"""The same, without money yet."""

KHANH = replace(DAO, id=19, given_name="Khánh", gender=Gender.MALE, helped=True)
"""Has agreed that a grandchild helps, on the grandchild's phone."""

VUI, LUA, TUYET = (
    replace(each, id=40 + n, given_name=name, helped=True)
    for n, (each, name) in enumerate(((GIANG, "Vui"), (SEN, "Lụa"), (PHUONG, "Tuyết")))
)
"""Helped too: paid by the commune, not paid yet, paid into a bank."""

KIM = replace(DAO, id=50, given_name="Kim", wallet=PHONE)
"""Has a mobile-money account of her own."""
SON = replace(THANH, id=51, given_name="Sơn", wallet=PHONE)
"""The same, and no pay point near."""
DUNG = replace(DAO, id=52, given_name="Dung", commune_code="01843", commune_name="Phường Bắc Kạn")
"""Every point of the ward is shut; there are others near by."""
HIEN = replace(DAO, id=53, given_name="Hiền", commune_code="05710", commune_name="Xã Đại Phúc")
"""Every point is shut, near by too."""
THU = replace(DAO, id=54, given_name="Thu", commune_code="05659", commune_name="Xã Đồng Hỷ")
"""One of her points has no cash today, and one opens later."""
TRANG = replace(NGA, id=55, given_name="Trang", last_cash_out=replace(_order(CashOutState.PAID), asks_given=True))
"""Cash was handed over, and she has not said how much."""
DIEP = replace(NGA, id=56, given_name="Diệp", last_cash_out=replace(_order(CashOutState.PAID), to_wallet=True))
"""Was paid into her own account."""
LOAN = replace(DAO, id=57, given_name="Loan", used=Used(Dong(400_000), Dong(1_900_000)))
"""Has taken out money today and this month."""

_LOCKED_TOO = tuple(replace(BINH, id=20 + n, given_name=name) for n, name in enumerate(("Hạnh", "Kiên", "Lý", "Quý")))
"""More people on one phone; locked, so that the walk through a household stays short."""

NO_PIN_YET = {each.id for each in (HUNG, VINH, XUAN, OANH)}


def world(*people: Person, cut: CutVisit | None = None, refuses: str = "") -> World:
    line = Line(PHONE, NOW, SERVICE, people, POINTS, cut_visit=cut)
    pins = {each.id: PIN for each in people if each.id not in NO_PIN_YET}
    temporary = {each.id: TEMPORARY_PIN for each in people if each.pin.temporary_tries}
    return World(line, pins, temporary=temporary, refuses_because=refuses)


def shut(shut: ClosedUntil | Crowded, *people: Person) -> World:
    opened = world(*people)
    return replace(opened, line=replace(opened.line, shut=shut))


def limited(limits: Limits, fee: Fee | None = None, person: Person = LOAN) -> World:
    opened = world(person)
    return replace(opened, line=replace(opened.line, rules=CashOutRules(limits, fee or Fee())))


def limited_apart(at_point: Limits, into_wallet: Limits, wallet_fee: Fee = Fee()) -> World:  # noqa: B008 - frozen
    opened = world(KIM)
    rules, wallet_rules = CashOutRules(at_point), CashOutRules(into_wallet, wallet_fee)
    return replace(opened, line=replace(opened.line, rules=rules, wallet_rules=wallet_rules))


KEEPER = Keeper(
    "1001", "Bưu điện Đức Xuân", paid_today=3, sum_today=Dong(1_500_000),
    amounts=(("RT0815", Dong(500_000)), ("RT0816", Dong(1_000_000))),
)  # fmt: skip


def at_point(keeper: Keeper = KEEPER, says: RedemptionState = RedemptionState.REDEEMED, why: str = "") -> World:
    opened = world(refuses=why)
    codes = {"48151623": "RT0815", "42481516": "RT0816"}
    pin = TEMPORARY_PIN if keeper.pin.starting else PIN
    line = replace(opened.line, keeper=keeper)
    return replace(opened, line=line, keeper_pin=pin, codes=codes, at_provider=says)


def unproven() -> World:
    opened = world()
    return replace(opened, line=replace(opened.line, unproven=True))


def cut_at_agreement(person: Person) -> CutVisit:
    return CutVisit(freeze(Visit(AgreeToCashOut(Dong(500_000), "1001", NOTHING), (Home(),), person.id)))


def cut_after_ordering(person: Person) -> CutVisit:
    return CutVisit(freeze(Visit(Home(), (), person.id)), cash_out_reference="RT0815")


def timed_out_at_home(person: Person) -> CutVisit:
    return CutVisit(freeze(Visit(Home(), (), person.id)), timed_out=True)


EVERYDAY = "everyday"

CAST: dict[str, World] = {
    EVERYDAY: world(DAO),
    "no PIN yet": world(HUNG),
    "bank account": world(PHUONG),
    "wallet": world(VINH),
    "focal account": world(CUC),
    "locked": world(BINH),
    "locked without a PIN": world(OANH),
    "cash-out under way": world(LAN),
    "code waiting": world(MAI),
    "nothing sent": world(SEN),
    "neither PIN nor money": world(XUAN),
    "no point near": world(THANH),
    "refused": world(DAO, refuses="no_cash"),
    "unknown phone": world(),
    "two on one phone": world(THANH, BINH),
    "two on one phone, one without a PIN": world(XUAN, BINH),
    "six on one phone": world(*_LOCKED_TOO, BINH, SEN),
    "paid by the commune": world(GIANG),
    "asked before": world(YEN),
    "temporary PIN": world(TAM),
    "temporary PIN, no money": world(CAM),
    "temporary PIN on a shared phone": world(CAM, BINH),
    "helped": world(KHANH),
    "helped, paid by the commune": world(VUI),
    "helped, nothing sent": world(LUA),
    "helped, bank account": world(TUYET),
    "own phone of a helper": world(SEN, KHANH),
    "unproven phone": unproven(),
    "closed": shut(ClosedUntil(NOW + timedelta(hours=8)), DAO),
    "crowded": shut(Crowded(), DAO),
    "timed out at home": world(SEN, cut=timed_out_at_home(SEN)),
    "cut at the agreement": world(DAO, cut=cut_at_agreement(DAO)),
    "cut after ordering": world(LAN, cut=cut_after_ordering(LAN)),
    "cut, then refused": world(LIEN, cut=cut_after_ordering(LIEN)),
    "cut, then paid": world(NGA, cut=cut_after_ordering(NGA)),
    "wallet of their own": world(KIM),
    "wallet, no point near": world(SON),
    "wallet was paid into": world(DIEP, cut=cut_after_ordering(DIEP)),
    "points shut, others near": world(DUNG),
    "points shut, none near": world(HIEN),
    "a point without cash": world(THU),
    "cash handed over": world(TRANG),
    "day's limit near": limited(Limits(per_day=Dong(1_000_000)), Fee(1_000, 50)),
    "day's limit reached": limited(Limits(per_day=Dong(400_000))),
    "month's limit near": limited(Limits(Dong(50_000), per_month=Dong(2_500_000))),
    "month's limit reached": limited(Limits(per_month=Dong(1_900_000))),
    "limit of one cash-out": limited(Limits(Dong(50_000), Dong(1_000_000))),
    "a point pays less than the wallet": limited_apart(Limits(Dong(50_000), Dong(500_000)), Limits()),
    "no point pays today": limited_apart(Limits(per_day=NOTHING), Limits()),
    "the wallet takes less": limited_apart(Limits(), Limits(Dong(100_000), Dong(400_000)), Fee(2_000)),
    "the wallet takes no more": limited_apart(Limits(), Limits(per_day=NOTHING)),
    "pay point": at_point(),
    "pay point, starting PIN": at_point(replace(KEEPER, pin=KeeperPin(starting=True))),
    "pay point, one try left": at_point(replace(KEEPER, has_cash=False, pin=KeeperPin(tries_left=1))),
    "pay point, locked": at_point(replace(KEEPER, pin=KeeperPin(tries_left=0))),
    "pay point, refused": at_point(says=RedemptionState.REFUSED, why="expired"),
    "pay point, no answer yet": at_point(says=RedemptionState.ASKED),
}
