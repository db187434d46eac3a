"""Steps of a threshold and parts of a bundle: a line for each, and the dialogs that change one."""

from collections.abc import Callable

from textual.screen import Screen
from textual.widget import Widget

from protocol.identifiers import CouponBatchId, ProductId
from protocol.language import N_, _
from protocol.messages.base import Answer, Done, Refused
from protocol.offer import BundlePart, GoodsRange, ThresholdStep
from terminal_app.console.fields import ProductField
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.form_view import Heading
from terminal_app.console.members.rule_words import factor_words, parse_factor
from terminal_app.console.prices.form_rows import GoodsRow, Opener
from terminal_app.console.prices.offer_names import OfferNames
from terminal_app.console.prices.offer_typed import (
    factor_mistake,
    number,
    number_field,
    off_mistake,
    off_typed,
    optional_number,
    parse_off,
)

Money = Callable[[int], str]


def step_line(step: ThresholdStep, names: OfferNames, money: Money) -> str:
    """Return a step as it stands among the rows: `≥ 100.00  →  −10.00`."""
    need = money(step.spend_minor) if step.spend_minor else f"{step.pieces} ×"
    gives = []
    if step.amount_minor:
        gives.append("−" + money(step.amount_minor))
    if step.off_ppm:
        gives.append(_less(step.off_ppm))
    if step.gift_product_id is not None:
        gives.append(f"{step.gift_count} × {names.product(step.gift_product_id)}")
    if step.points_multiplier_ppm:
        gives.append(_("points") + f" × {factor_words(step.points_multiplier_ppm)}")
    if step.points:
        gives.append(_("points") + f" + {step.points:,}")
    if step.coupon_batch_id is not None:
        gives.append(_("coupon") + " " + names.batches.get(step.coupon_batch_id, f"#{step.coupon_batch_id}"))
    mark = "↻ " if step.every else "≥ "
    return f"{mark}{need}  →  " + (" + ".join(gives) or "?")


def _less(ppm: int) -> str:
    whole, rest = divmod(ppm, 10_000)
    return "−" + f"{whole}" + (f".{rest:04d}".rstrip("0") if rest else "") + "%"


def part_line(part: BundlePart, names: OfferNames, money: Money) -> str:
    """Return a part as it stands among the rows: `2 × Bread  →  5.00`."""
    if part.price_minor is not None:
        price = "  →  " + (money(part.price_minor) if part.price_minor else _("free"))
    elif part.off_ppm:
        price = "  →  " + _less(part.off_ppm)
    else:
        price = ""
    return f"{part.count} × {names.goods(part.goods)}{price}"


def edit_step(
    screen: Screen[object],
    names: OfferNames,
    step: ThresholdStep | None,
    take: Callable[[ThresholdStep], None],
) -> None:
    """Open a step; a new one begins empty."""
    fields = [
        Field("spend_minor", N_("From (money)"), Kind.MONEY, hint=N_("Spent on the goods of the offer")),
        number_field("pieces", N_("Or from (pieces)"), 0, 9999, hint=N_("Where no money is asked")),
        Field("every", N_("For every so much"), Kind.YES_NO),
        Field("amount_minor", N_("Money off"), Kind.MONEY),
        Field("off_ppm", N_("Or a part off"), check=off_mistake, hint=N_("20%, or 8折")),
        Field("gift_product_id", N_("A gift"), Kind.PRODUCT, choices=_gift_choices(step, names)),
        number_field("gift_count", N_("Pieces of it"), 1, 999, hint="1"),
        Field("points_multiplier_ppm", N_("Points times"), check=factor_mistake, hint=N_("2 doubles")),
        number_field("points", N_("Points on top"), 0, 10**9),
        Field(
            "coupon_batch_id", N_("A coupon"), Kind.CHOICE,
            choices=(("", _("none")), *((str(k), v) for k, v in names.batches.items())),
        ),
    ]  # fmt: skip
    dialog: FormDialog

    async def save(values: dict[str, Value]) -> Answer:
        made = typed_step(values)
        if not made.spend_minor and not made.pieces:
            words = _("Say from how much money, or from how many pieces.")
            return Refused(code="nothing_asked", field="spend_minor", explanation=words)
        if made == ThresholdStep(spend_minor=made.spend_minor, pieces=made.pieces, every=made.every):
            words = _("Say what it gives: money off, a gift, points or a coupon.")
            return Refused(code="nothing_given", field="amount_minor", explanation=words)
        gift = dialog.form.rows["gift_product_id"].editor
        if made.gift_product_id is not None and isinstance(gift, ProductField):
            names.products[made.gift_product_id] = dict(gift.choices).get(gift.text, gift.text)
        take(made)
        return Done()

    title = _("A step: who spends so much gets …")
    dialog = FormDialog(title, fields, step_values(step), save, screen.console.currency)  # type: ignore[attr-defined]
    screen.app.push_screen(dialog)


def _gift_choices(step: ThresholdStep | None, names: OfferNames) -> tuple[tuple[str, str], ...]:
    none = ("", _("none"))
    if step is None or step.gift_product_id is None:
        return (none,)
    return (none, (str(step.gift_product_id), names.product(step.gift_product_id)))


def step_values(step: ThresholdStep | None) -> dict[str, Value]:
    """Return what stands in the fields of a step."""
    if step is None:
        return {"gift_product_id": "", "coupon_batch_id": ""}
    return {
        "spend_minor": step.spend_minor or None,
        "pieces": optional_number(step.pieces),
        "every": step.every,
        "amount_minor": step.amount_minor or None,
        "off_ppm": off_typed(step.off_ppm),
        "gift_product_id": "" if step.gift_product_id is None else str(step.gift_product_id),
        "gift_count": "" if step.gift_count == 1 else str(step.gift_count),
        "points_multiplier_ppm": factor_words(step.points_multiplier_ppm)
        if step.points_multiplier_ppm
        else "",
        "points": optional_number(step.points),
        "coupon_batch_id": "" if step.coupon_batch_id is None else str(step.coupon_batch_id),
    }


def typed_step(values: dict[str, Value]) -> ThresholdStep:
    """Return the step that was typed."""
    spend, amount = values["spend_minor"], values["amount_minor"]
    gift, batch = str(values["gift_product_id"] or ""), str(values["coupon_batch_id"] or "")
    return ThresholdStep(
        spend_minor=spend if isinstance(spend, int) else 0,
        pieces=number(values["pieces"]),
        every=bool(values["every"]),
        amount_minor=amount if isinstance(amount, int) else 0,
        off_ppm=parse_off(str(values["off_ppm"])) or 0 if values["off_ppm"] else 0,
        gift_product_id=ProductId(int(gift)) if gift else None,
        gift_count=number(values["gift_count"], 1),
        points_multiplier_ppm=parse_factor(str(values["points_multiplier_ppm"])) or 0,
        points=number(values["points"]),
        coupon_batch_id=CouponBatchId(int(batch)) if batch else None,
    )


class PartDialog(FormDialog):
    """Begins at the goods; Enter there opens the choosing, or goes on once there are some."""

    def on_mount(self) -> None:
        """Go to the goods."""
        self.query_one(Opener).focus()

    def _go_on(self) -> None:
        if not isinstance(self.focused, Opener):
            super()._go_on()
        elif has_goods(self.query_one(GoodsRow).goods):
            self.focus_next()
        else:
            self.focused.action_open()


def has_goods(goods: GoodsRange | None) -> bool:
    """Return whether a range holds anything."""
    return goods is not None and bool(goods.all_goods or goods.categories or goods.products)


def edit_part(
    screen: Screen[object], names: OfferNames, part: BundlePart | None, take: Callable[[BundlePart], None]
) -> None:
    """Open a part of a bundle; a new one begins empty."""
    goods = GoodsRow("goods", N_("Which goods"), part.goods if part else GoodsRange(), names)
    fields: list[Field | Heading | Widget] = [
        goods,
        number_field("count", N_("How many pieces"), 1, 999, hint="1"),
        Field("price_minor", N_("Price of each"), Kind.MONEY, hint=N_("Empty: its usual price. 0: a gift")),
        Field("off_ppm", N_("Or less by"), check=off_mistake, hint=N_("20%, or 8折")),
    ]
    start: dict[str, Value] = {}
    if part is not None:
        start = {
            "count": "" if part.count == 1 else str(part.count),
            "price_minor": part.price_minor,
            "off_ppm": off_typed(part.off_ppm),
        }

    async def save(values: dict[str, Value]) -> Answer:
        chosen = goods.goods
        if chosen is None or not has_goods(chosen):
            goods.mark(_("Choose the goods: press Space here."))
            return Refused(code="no_goods", explanation=_("Look at the marked fields."))
        price = values["price_minor"]
        made = BundlePart(
            goods=chosen,
            count=number(values["count"], 1),
            price_minor=price if isinstance(price, int) else None,
            off_ppm=parse_off(str(values["off_ppm"])) or 0 if values["off_ppm"] else 0,
        )
        take(made)
        return Done()

    title = _("A part of the bundle")
    screen.app.push_screen(PartDialog(title, fields, start, save, screen.console.currency))  # type: ignore[attr-defined]
