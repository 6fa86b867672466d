"""Names as people of Thái Nguyên bear them, by people, gender and generation; none is taken from a real list."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from ussd_app.domain.people import Gender

BORN_YOUNG = 1965
"""From about here on given names follow another fashion."""


@dataclass(frozen=True, slots=True)
class Names:
    """One people's names. `men` and `women` are the middle names that go with them."""

    surnames: tuple[str, ...]
    men: tuple[str, ...]
    women: tuple[str, ...]
    given_men: tuple[str, ...] = ()
    given_women: tuple[str, ...] = ()


def words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_OLD_MEN = words(
    "Tuấn Hùng Thắng Bình Chiến Dũng Hòa Khánh Lâm Minh Nam Phúc Quang Sơn Thành Toàn Tiến Trọng Vinh Bách Cường Đạt "
    "Đức Giang Hải Hiền Hợi Kiên Long Lợi Mạnh Ngọ Oanh Phong Quý Sinh Tân Thịnh Thuận Tỵ Tý Việt Xuân Yên Chung Đông"
)
_OLD_WOMEN = words(
    "Phương Lan Huệ Hồng Cúc Mai Đào Nga Hoa Thơm Nhung Lụa Gấm Vóc Tươi Thắm Hiền Dịu Chín Mười Tám Bảy Sáu Năm Tư Bé "
    "Liên Sen Nhài Bưởi Cam Quýt Lành Thảo Tâm Tình Nguyệt Nga Thoa Loan Phượng Yến Oanh Hường Ngân Vân Xuân Thu Đông"
)
_YOUNG_MEN = words("Anh Bảo Công Duy Hiếu Hoàng Huy Khôi Linh Nghĩa Nhật Phát Quân Sáng Tài Thái Trung Tùng Vũ Đăng")
_YOUNG_WOMEN = words("Anh Chi Dung Giang Hà Hạnh Hằng Huyền Hương Linh Ly My Ngọc Nhi Quỳnh Thủy Trang Trinh Uyên Vy")

KINH = Names(
    surnames=(
        *("Nguyễn",) * 12, *("Trần",) * 5, *("Lê",) * 4, *("Phạm",) * 4, *("Dương",) * 3, "Vũ", "Đỗ", "Bùi", "Đặng", "Ngô",
        "Phan", "Đào", "Tạ", "Trịnh", "Mai", "Lưu", "Đinh", "Hà", "Cao", "Đoàn",
    ),
    men=words("Văn Văn Văn Đình Xuân Quang Đức Hữu Công Ngọc Trọng Bá"),
    women=words("Thị Thị Thị Thị Thị Ngọc"),
)  # fmt: skip
TAY = Names(
    surnames=words("Hoàng Hoàng Hoàng Nông Nông Ma Ma Lường Hà Bế Lộc Đàm Triệu Lý Nguyễn Dương Phùng Lục Sầm Mông"),
    men=words("Văn Văn Văn Đình Thế Đức Xuân"),
    women=words("Thị Thị Thị"),
)
NUNG = Names(
    surnames=words("Nông Nông Hoàng Lương Lục Triệu Lâm Vi Chu Hứa Mã Lăng Phương Tô"),
    men=words("Văn Văn Quốc Minh"),
    women=words("Thị Thị"),
)
DAO = Names(
    surnames=words("Triệu Triệu Triệu Bàn Bàn Đặng Lý Phùng Dương Chu"),
    men=words("Văn Văn Tiến Nguyên Tài Kim Hữu"),
    women=words("Thị Thị Mùi Mán Tà"),
    given_men=words("Phú Chiêu Vượng Hương Quý Thanh Nhàn Chòi Sinh Cán Ton Lai Pu Khuân"),
    given_women=words("Mủi Pham Nhất Nái Ghến Lai Chài Xuân Liều Mấy Chuổng Coi"),
)
MONG = Names(
    surnames=words("Giàng Vàng Sùng Hoàng Lý Dương Ngô Thào Hầu Đào Mùa Lầu"),
    men=words("A A Văn Mí Seo"),
    women=words("Thị Thị Thị"),
    given_men=words("Páo Sính Dình Chứ Tủa Lử Pao Dế Sầu Vảng Chính Của Lềnh Khua"),
    given_women=words("Mỷ Dở Say Mai Dợ Xúa Ca Vá Chứ Pà Sua Máy Chúa Dí"),
)
SAN_DIU = Names(
    surnames=words("Lê Diệp Tạ Trương Từ Ninh Lưu Đặng Dương Âu"),
    men=words("Văn Văn Văn Tiến"),
    women=words("Thị Thị"),
)

_LOWLAND = ((KINH, 73), (TAY, 11), (NUNG, 6), (SAN_DIU, 7), (DAO, 2), (MONG, 1))
_UPLAND = ((TAY, 52), (KINH, 13), (DAO, 18), (NUNG, 10), (MONG, 7))


def make_name(random: Random, gender: Gender, born: int, upland: bool) -> str:
    """A full name; `upland` is the former Bắc Kạn, where most people are Tày, Dao, Nùng and Mông."""
    choices = _UPLAND if upland else _LOWLAND
    names = random.choices([each for each, _ in choices], [weight for _, weight in choices])[0]
    woman = gender is Gender.FEMALE
    surname = random.choice(names.surnames)
    middle = random.choice(names.women if woman else names.men)
    given = random.choice((names.given_women if woman else names.given_men) or _fashion(woman, born))
    if woman and middle == "Thị" and born >= BORN_YOUNG and not names.given_women:
        middle = random.choice(("Thị", "Thị Thu", "Thị Minh", "Thị Hồng", "Thị Bích"))
    return f"{surname} {middle} {given}"


def _fashion(woman: bool, born: int) -> tuple[str, ...]:
    if born >= BORN_YOUNG:
        return _YOUNG_WOMEN if woman else _YOUNG_MEN
    return _OLD_WOMEN if woman else _OLD_MEN
