"""The form of an offer on a screen: its rows, the offer that is typed, and where a refusal belongs."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any

from pydantic import ValidationError
from textual.screen import Screen
from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.offer import Bundle, BundlePart, BuyGet, GoodsRange, OfferView, Threshold, ThresholdStep
from terminal_app.console.form_fields import Field, Value, parse_all
from terminal_app.console.form_view import FormView, Heading
from terminal_app.console.prices.form_rows import ChosenRow, GoodsRow, ItemsRow
from terminal_app.console.prices.offer_form import (
    benefit_fields,
    condition_fields,
    limit_fields,
    offer_values,
    rank_fields,
    time_fields,
    typed_benefit,
    typed_offer,
)
from terminal_app.console.prices.offer_items import (
    Money,
    edit_part,
    edit_step,
    has_goods,
    part_line,
    step_line,
)
from terminal_app.console.prices.offer_names import OfferNames

_BENEFIT_ROWS = ("steps", "parts", "get_range")


class OfferDraft:
    """The rows of the form, made for one offer."""

    def __init__(
        self, screen: Screen[Any], offer: OfferView, names: OfferNames, *, blank: bool, money: Money
    ) -> None:
        """`blank`: a new offer, whose amounts and goods begin empty."""
        self._screen = screen
        self.offer = offer
        self._names = names
        self._blank = blank
        self._money = money
        self.rows: dict[str, ChosenRow] = {row.key: row for row in self._chosen_rows()}

    def _chosen_rows(self) -> list[ChosenRow]:
        names, benefit = self._names, self.offer.benefit
        goods = GoodsRow("goods", N_("Which goods"), self.offer.goods, names)
        match benefit:
            case Bundle(parts=parts):
                return [self._parts_row(() if self._blank else parts)]
            case Threshold(steps=steps):
                return [goods, self._steps_row(() if self._blank else steps)]
            case BuyGet(get_range=given):
                return [goods, GoodsRow("get_range", N_("Given out of"), given, names, N_("the same goods"))]
            case _:
                return [goods]

    def _steps_row(self, steps: tuple[ThresholdStep, ...]) -> ChosenRow:
        return ItemsRow(
            "steps",
            N_("Steps, the lowest first"),
            steps,
            lambda step: step_line(step, self._names, self._money),
            lambda step, take: edit_step(self._screen, self._names, step, take),
            N_("one more step"),
            lambda step: (step.spend_minor, step.pieces),
        )

    def _parts_row(self, parts: tuple[BundlePart, ...]) -> ChosenRow:
        return ItemsRow(
            "parts",
            N_("Parts of the bundle"),
            parts,
            lambda part: part_line(part, self._names, self._money),
            lambda part, take: edit_part(self._screen, self._names, part, take),
            N_("one more part"),
        )

    def parts(self, zone: tzinfo) -> list[Field | Heading | Widget]:
        """Return the form from top to bottom."""
        return [
            Field("name", N_("Name"), required=True, hint=N_("As on the receipt: Second at half price")),
            *self.rows.values(),
            *benefit_fields(self.offer.kind),
            Heading(N_("When")),
            *time_fields(zone),
            Heading(N_("For whom")),
            *condition_fields(self._names, self.offer.conditions),
            Heading(N_("How often")),
            *limit_fields(),
            Heading(N_("Beside other offers")),
            *rank_fields(),
        ]

    def values(self, zone: tzinfo) -> Mapping[str, Value]:
        """Return what stands in the fields at the beginning."""
        values = offer_values(self.offer, zone)
        if self._blank:
            keys = {field.key for field in benefit_fields(self.offer.kind)} - {"nth"}
            values = {**{k: v for k, v in values.items() if k not in keys}, "name": ""}
        return values

    @property
    def changed(self) -> bool:
        """True: other goods, steps or parts were chosen."""
        return any(row.changed for row in self.rows.values())

    # --- reading ----------------------------------------------------------------------------------

    def typed(self, form: FormView, *, named: bool = True) -> OfferView | None:
        """Return the offer that is typed; None as long as something is missing. Marks nothing."""
        fields = [row.field for row in form.rows.values() if named or row.field.key != "name"]
        values, mistakes = parse_all(fields, form.texts(), form.currency, form.zone)
        if mistakes or self.missing():
            return None
        values["name"] = str(values.get("name") or form.texts()["name"].strip() or "–")[:200]
        try:
            return self._offer(values, form.zone)
        except ValidationError:
            return None

    def read(self, form: FormView) -> OfferView | Refused:
        """Return the offer to be saved; or say at the field what is wrong."""
        values = form.read()
        missing = self.missing()
        for key, row in self.rows.items():
            row.mark(missing.get(key, ""))
        if values is None or missing:
            return Refused(code="look", explanation=_("Look at the marked fields."))
        try:
            return self._offer(values, form.zone)
        except ValidationError as error:
            first = error.errors()[0]
            field = str(first["loc"][-1]) if first["loc"] else ""
            words = _("This cannot be stored as it is: {reason}.").format(reason=first["msg"])
            return Refused(code="bad", field=field, explanation=words)

    def _offer(self, values: Mapping[str, Value], zone: tzinfo) -> OfferView:
        goods = self._range("goods") or GoodsRange(all_goods=True)
        benefit = typed_benefit(
            self.offer.kind, values, self._items("steps"), self._items("parts"), self._range("get_range")
        )
        return typed_offer(self.offer, values, goods, benefit, zone)

    def _range(self, key: str) -> GoodsRange | None:
        row = self.rows.get(key)
        return row.goods if isinstance(row, GoodsRow) else None

    def _items(self, key: str) -> list[Any]:
        row = self.rows.get(key)
        return row.items if isinstance(row, ItemsRow) else []

    def missing(self) -> dict[str, str]:
        """Return rows in which something has to be chosen, each with its sentence."""
        found = {}
        if "goods" in self.rows and not has_goods(self._range("goods")):
            found["goods"] = _("Choose the goods: press Space here.")
        for key, words in (
            ("steps", N_("Add a step: press Enter here.")),
            ("parts", N_("Add a part: press Enter here.")),
        ):
            if key in self.rows and not self._items(key):
                found[key] = _(words)
        return found

    # --- refusals ---------------------------------------------------------------------------------

    def mark(self, form: FormView, refusal: Refused) -> bool:
        """Show a refusal at the field it is about; return whether there is one."""
        for key in self._places(form, refusal.field or ""):
            if key in self.rows:
                self.rows[key].mark(refusal.explanation)
                return True
            if form.mark(key, refusal.explanation):
                return True
        return False

    def _places(self, form: FormView, field: str) -> list[str]:
        """Return the fields of the form that a field of the message can mean, the likeliest first."""
        places = [part for part in reversed(field.split(".")) if part]
        if "benefit" in places:
            places += [key for key in _BENEFIT_ROWS if key in self.rows]
            places += [each.key for each in benefit_fields(self.offer.kind)]
        if "times" in places:
            texts = form.texts()
            dated = texts["valid_from"].strip() and texts["valid_until"].strip()
            hours = texts["from_time"].strip() or texts["until_time"].strip()
            places += ["until_time"] if hours and not dated else ["valid_until", "until_time"]
        if "conditions" in places:
            places += ["tiers", "tags"]
        return places
