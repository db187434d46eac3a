"""The members of the demonstration shop: tiers, rules of points, a dozen people with cards, some gifts."""

from collections.abc import Awaitable, Callable
from datetime import date
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from guitai.list_client import ListClient
from protocol.language import current_language
from protocol.messages.base import Command, Refused
from protocol.messages.members import GrowthRuleView, SaveGrowthRules, SaveTiers, TierView
from protocol.messages.points import GiftView, PointsRuleKind, PointsRuleView, SaveGift, SavePointsRule
from protocol.sockets.request_client import RequestClient

_CHINESE = {
    "Basic": "普通会员",
    "Silver": "银卡",
    "Gold": "金卡",
    "Platinum": "铂金卡",
    "regular": "常客",
    "vegetarian": "素食",
    "senior": "长者",
    "student": "学生",
    "company": "企业",
    "Welcome": "入会礼",
    "Birthday": "生日礼",
    "Check-in": "签到",
    "Gold earns half as much again": "金卡一点五倍",
    "Platinum earns double": "铂金卡双倍",
    "Mug": "马克杯",
    "Shopping bag": "购物袋",
}
"""Words of the sample in a shop that speaks Chinese."""

ImportList = Callable[[ListClient, Path, str], Awaitable[None]]


async def fill(client: RequestClient, asking: ListClient, import_list: ImportList) -> None:
    """Set up tiers and rules, import the members, and lay out the gifts."""
    for command in (
        _tiers(),
        SaveGrowthRules(rules=(GrowthRuleView(basis="spend", growth_thousandths=1000),)),
    ):
        await _do(client, command)
    for rule in _rules():
        await _do(client, SavePointsRule(rule=rule))
    for name, points in (("Shopping bag", 200), ("Mug", 1500)):
        await _do(client, SaveGift(gift=GiftView(name=_word(name), points=points)))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "members.csv"
        path.write_text(_list(date.today()), encoding="utf-8")  # noqa: DTZ011  # the wall's day is meant
        await import_list(asking, path, "members")


def _word(word: str) -> str:
    return _CHINESE[word] if current_language() == "zh_CN" else word


def _list(today: date) -> str:
    """Return the sample list in the language of the shop; one member has birthday today."""
    text = (resources.files("guitai") / "sample" / "members.csv").read_text(encoding="utf-8")
    day = "02-28" if (today.month, today.day) == (2, 29) else f"{today:%m-%d}"
    for word in (
        "Basic",
        "Silver",
        "Gold",
        "Platinum",
        "regular",
        "vegetarian",
        "senior",
        "student",
        "company",
    ):
        text = text.replace(word, _word(word))
    return text.replace("TODAY", day)


def _tiers() -> SaveTiers:
    silver = TierView(
        tier=1,
        name=_word("Silver"),
        growth_needed=1000,
        discount_ppm=20_000,
        valid_months=12,
        growth_to_keep=500,
    )
    return SaveTiers(
        tiers=(
            TierView(tier=0, name=_word("Basic")),
            silver,
            silver.model_copy(
                update={
                    "tier": 2,
                    "name": _word("Gold"),
                    "growth_needed": 5000,
                    "discount_ppm": 50_000,
                    "growth_to_keep": 2500,
                }
            ),
            TierView(tier=3, name=_word("Platinum"), growth_needed=20_000, discount_ppm=80_000),
        )
    )


def _rules() -> tuple[PointsRuleView, ...]:
    """Beside what each new store has: more for Gold, for birthdays and for coming in."""
    kind = PointsRuleKind
    return (
        PointsRuleView(kind=kind.REGISTRATION, name=_word("Welcome"), points=100),
        PointsRuleView(kind=kind.BIRTHDAY, name=_word("Birthday"), points=88),
        PointsRuleView(kind=kind.CHECK_IN, name=_word("Check-in"), points=5),
        PointsRuleView(
            kind=kind.TIER, name=_word("Gold earns half as much again"), tier=2, multiplier_ppm=1_500_000
        ),
        PointsRuleView(kind=kind.TIER, name=_word("Platinum earns double"), tier=3, multiplier_ppm=2_000_000),
    )


async def _do(client: RequestClient, command: Command) -> None:
    answer = await client.ask(command)
    if isinstance(answer, Refused):
        raise click.ClickException(answer.explanation)
