"""The columns of the list of members, for files and for the help; and how people write their cells."""

import re

from protocol.language import N_, _
from store_server.catalogue.cells import BadCell
from store_server.lists import Column

COLUMNS: tuple[Column, ...] = (
    Column(
        "number",
        N_("Member number"),
        N_("Rows with a known number change that member. Empty: the next number of the store's block."),
        aliases=("会员号", "member_number", "member_no", "customer_id", "会员编号"),
    ),
    Column(
        "name",
        N_("Member name"),
        N_("As the member wishes to be called. New members need it."),
        aliases=("姓名", "会员姓名", "member_name", "customer_name", "名称"),
    ),
    Column(
        "phone",
        N_("Phone"),
        N_("Digits, such as 13812345678. Without numbers, rows with a known phone change that member."),
        aliases=("手机", "手机号", "电话", "mobile", "tel"),
    ),
    Column("gender", N_("Gender"), N_("female, male or other; empty: unknown."), aliases=("性别", "sex")),
    Column(
        "birthday",
        N_("Birthday"),
        N_("A day such as 1990-05-17, or 05-17 without the year."),
        aliases=("生日", "出生日期", "birth_date"),
    ),
    Column("email", N_("E-mail"), N_("Such as name@example.com."), aliases=("邮箱", "电子邮箱", "mail")),
    Column("address", N_("Address"), N_("Postal address."), aliases=("地址",)),
    Column("occupation", N_("Occupation"), N_("What the member does."), aliases=("职业",)),
    Column("income_band", N_("Income band"), N_("The band of income."), aliases=("收入", "收入水平")),
    Column("skin_condition", N_("Skin condition"), N_("For beauty counters."), aliases=("肤质", "皮肤状况")),
    Column("note", N_("Note to the cashier"), N_("Shown beside the sale."), aliases=("备注", "提示")),
    Column("tags", N_("Tags"), N_("With semicolons between: regular; vegetarian"), aliases=("标签",)),
    Column(
        "pinyin",
        N_("Pinyin"),
        N_("Syllables for search, such as: ke kou ke le. Empty: made from the name."),
        aliases=("拼音",),
    ),
    Column(
        "joined_on",
        N_("Member since"),
        N_("The day of registration, such as 2020-01-31. Only for new members."),
        aliases=("入会日期", "注册日期", "registered"),
    ),
    Column("tier", N_("Tier"), N_("The name of a tier. Only for new members."), aliases=("等级", "会员等级")),
    Column(
        "growth",
        N_("Growth value"),
        N_("The opening growth value, a whole number. Only for new members."),
        aliases=("成长值",),
    ),
    Column(
        "points",
        N_("Points"),
        N_("The opening points, a whole number. Only for new members."),
        aliases=("积分", "points_balance"),
    ),
    Column(
        "cards",
        N_("Card numbers"),
        N_("Numbers with semicolons between, the kind behind an asterisk: 04A1B2C3; 60001*magstripe"),
        aliases=("卡号", "会员卡号", "card", "card_number"),
    ),
)
OPENING = ("joined_on", "tier", "growth", "points", "cards")
"""Columns that hold for new members alone; members who are there keep theirs."""

_GENDERS = {
    "": "unknown",
    "未知": "unknown",
    "女": "female",
    "f": "female",
    "男": "male",
    "m": "male",
    "其他": "other",
    **{each: each for each in ("unknown", "female", "male", "other")},
}
_DAY = re.compile(r"(?:(\d{4})[-/.年]?)?(\d{1,2})[-/.月]?(\d{1,2})日?(?: 00:00(:00)?)?")
_EIGHT = re.compile(r"(\d{4})(\d{2})(\d{2})")


def gender(text: str) -> str:
    """Return the gender of `女`, `F` or `female`. Raises BadCell."""
    known = _GENDERS.get(text.lower())
    if known is None:
        raise BadCell(_("Write female, male or other, or leave it empty."))
    return known


def day(text: str) -> str:
    """Return the day of `1990-05-17`, `1990/5/17`, `19900517` or `5月17日` as it is kept. Raises BadCell."""
    found = _EIGHT.fullmatch(text) or (_DAY.fullmatch(text) if not text.isdigit() else None)
    if found is None:
        raise BadCell(_("This is not a day such as 1990-05-17 or 05-17."))
    year, month, of_month = found[1], int(found[2]), int(found[3])
    return f"{year}-{month:02d}-{of_month:02d}" if year else f"{month:02d}-{of_month:02d}"


def whole(text: str) -> int:
    """Return a whole number, not below zero. Raises BadCell."""
    plain = text.replace(",", "")
    if not (plain.isascii() and plain.isdigit() and len(plain) <= 12):
        raise BadCell(_("This is not a whole number."))
    return int(plain)
