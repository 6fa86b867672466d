"""The twelve people whom every demonstration knows by name, each standing for one way of living with a phone."""

from __future__ import annotations

from ussd_app.lists.demo_people import Invented

# All numbers are made up. The phones stand in order, so that a screen can name them.
CAST: tuple[Invented, ...] = (
    # Alone on her phone, the plainest case; and her neighbour, who takes cash.
    Invented("019148000101", "Nguyễn Thị Phương", "1948-03-12", "F", "05443", "0912000101", "mobile_money"),
    Invented("019050000102", "Trần Văn Tuấn", "1950-07-02", "M", "05443", "0912 000 102", "cash"),
    # A wife and a husband on one phone.
    Invented("006146000103", "Hoàng Thị Lụa", "1946", "F", "01843", "0912000103", "mobile_money"),
    Invented("006044000104", "Hoàng Văn Bình", "1944-10", "M", "01843", "0912.000.103", "mobile_money"),
    # Paid into a bank; reads English; reads Vietnamese with its accents.
    Invented("019052000105", "Lê Quang Minh", "1952-01-20", "M", "05455", "+84 912 000 104", "bank", "0011000000105"),
    Invented("019155000106", "Phạm Thị Mai", "1955-05-19", "F", "05455", "84912000105", "mobile_money", "", "en"),
    Invented("006149000107", "Nông Thị Đào", "1949-12-01", "F", "01849", "0912000106", "mobile_money", "", "vi-accented"),
    # Without a phone; of unknown gender; without an identity number; with an old one, paid through the village.
    Invented("006043000108", "Triệu Văn Phú", "1943", "M", "01864", "", "cash"),
    Invented("019150000109", "Dương Xuân Hòa", "1950", "", "05710", "0912000107", "mobile_money"),
    Invented("", "Giàng A Páo", "1947", "M", "01864", "0912000108", "cash", person_code="01864-000010"),
    Invented("090000111", "Lường Thị Thơm", "1941", "F", "05710", "0912000109", "focal", "Trưởng xóm 3"),
    # Young, disabled, paid into a wallet.
    Invented("019188000112", "Ma Thị Hà", "1988-09-09", "F", "05551", "0912000110", "wallet", "0912000110"),
)
