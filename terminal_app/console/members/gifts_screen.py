"""Gifts: what members get for points at the counter."""

from collections.abc import Sequence

from protocol.identifiers import ProductId
from protocol.language import N_, _, ngettext
from protocol.messages.base import Answer, Fact, Refused
from protocol.messages.catalogue import GetProduct, ProductFound
from protocol.messages.points import GiftChanged, Gifts, GiftView, ListGifts, SaveGift
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.list_screen import ListScreen
from terminal_app.console.members.tiers_form import whole_mistake, whole_number
from terminal_app.console.product_picker import product_words
from terminal_app.console.table import Column, TableRow


def _points_mistake(text: str) -> str:
    if sentence := whole_mistake(text):
        return sentence
    if not 1 <= (whole_number(text) or 0) <= 10**9:
        return _("A gift costs at least 1 point.")
    return ""


def _limit_mistake(text: str) -> str:
    if sentence := whole_mistake(text):
        return sentence
    most = 10**6
    return (
        ""
        if (whole_number(text) or 0) <= most
        else _("At most {most} is possible here.").format(most=f"{most:,}")
    )


class GiftsScreen(ListScreen):
    """All gifts, also those that are not given any more."""

    TITLE_WORDS = N_("Members › Rules › Gifts")
    HERE = "members"
    COLUMNS: Sequence[Column] = (
        Column(N_("Name"), least=16),
        Column(N_("Points"), 10, right=True),
        Column(N_("From stock"), least=14),
        Column(N_("One member gets"), 16),
        Column(N_("Given"), 6),
    )
    EMPTY = N_("No gifts yet. Add one: a name, and how many points it costs.")

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._gifts: dict[str, GiftView] = {}
        self._products: dict[int, str] = {}

    async def load(self) -> None:
        """Ask for all, and for the names of the goods."""
        answer = await self.fetch(ListGifts(active_only=False), Gifts)
        if answer is None:
            return
        for gift in answer.gifts:
            if gift.product_id is not None and gift.product_id not in self._products:
                found = await self.ask(GetProduct(product_id=gift.product_id), ProductFound)
                self._products[gift.product_id] = (
                    f"#{gift.product_id}"
                    if isinstance(found, Refused)
                    else product_words(found.product.code, found.product.name)
                )
        self._gifts = {str(gift.gift_id): gift for gift in answer.gifts}
        self.table.show([self._row(key, gift) for key, gift in self._gifts.items()])

    def _row(self, key: str, gift: GiftView) -> TableRow:
        goods = "–" if gift.product_id is None else self._products.get(gift.product_id, "")
        most = gift.per_member
        limit = ngettext("{count} at most", "{count} at most", most).format(count=most)
        cells = (
            gift.name,
            f"{gift.points:,}",
            goods,
            limit if most else _("without a limit"),
            _("yes") if gift.active else _("no"),
        )
        return TableRow(key, cells, "" if gift.active else "quiet")

    def store_fact(self, fact: Fact) -> None:
        """Somebody changed one."""
        if isinstance(fact, GiftChanged):
            self.reload_soon()

    def edit(self, row: TableRow | None) -> None:
        """Open the dialog."""
        known = self._gifts[row.key] if row else None
        goods: tuple[tuple[str, str], ...] = (("", _("not from stock")),)
        if known and known.product_id is not None:
            goods += ((str(known.product_id), self._products.get(known.product_id, "")),)
        fields = [
            Field("name", N_("Name"), required=True),
            Field("points", N_("Points"), required=True, check=_points_mistake),
            Field("product_id", N_("From stock"), Kind.PRODUCT, choices=goods),
            Field(
                "per_member", N_("One member gets"), check=_limit_mistake,
                hint=N_("So many altogether; empty: without a limit"),
            ),
            Field("active", N_("Given"), Kind.YES_NO),
        ]  # fmt: skip
        start: dict[str, Value] = {"active": True, "product_id": ""}
        if known:
            start = {
                "name": known.name,
                "points": str(known.points),
                "product_id": str(known.product_id or ""),
                "per_member": str(known.per_member or ""),
                "active": known.active,
            }

        async def save(values: dict[str, Value]) -> Answer:
            product = values["product_id"]
            gift = GiftView(
                gift_id=known.gift_id if known else None,
                name=str(values["name"]),
                points=whole_number(str(values["points"])) or 1,
                product_id=ProductId(int(str(product))) if product else None,
                per_member=whole_number(str(values["per_member"] or "0")) or 0,
                active=bool(values["active"]),
            )
            return await self.ask(SaveGift(gift=gift), Gifts)

        title = _("Change {name}").format(name=known.name) if known else _("New gift")
        dialog = FormDialog(title, fields, start, save, note=_("Space at “From stock” searches the goods."))
        self.then_reload(dialog, lambda answer: _("Saved."))
