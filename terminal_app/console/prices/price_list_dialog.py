"""The prices of one product in a dialog: selling, market, promotion, tiers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from protocol.language import N_, _
from protocol.messages.base import Answer, Refused
from protocol.messages.catalogue import GetProduct, ProductFound
from protocol.messages.prices import PriceFound, PriceRow, SaveTierPrices
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.form_view import Heading
from terminal_app.console.frame import SubPage
from terminal_app.console.prices.offer_typed import parse_until, until_check, until_typed
from terminal_app.console.prices.price_list_prices import typed_tier_prices, with_prices
from terminal_app.console.product_form import promotion_mistakes


class PriceSaving:
    """The prices of a product as they were read, and what was typed instead."""

    def __init__(self, screen: SubPage[Any], row: PriceRow, tiers: Mapping[int, str]) -> None:
        """`tiers`: the names by rank."""
        self._screen = screen
        self._row = row
        self._tiers = tiers
        self._version = row.version

    def dialog(self) -> FormDialog:
        """Return the dialog."""
        row, zone = self._row, self._screen.console.zone
        parts: list[Field | Heading | Any] = [
            Field("price_minor", N_("Selling price"), Kind.MONEY, required=True),
            Field("market_price_minor", N_("Market price"), Kind.MONEY, hint=N_("Printed for comparison")),
            Field("promotional_price_minor", N_("Promotional price"), Kind.MONEY),
            Field(
                "promotion_from",
                N_("Promotion from"),
                Kind.MOMENT,
                hint=N_("Empty: at once. 2026-11-21 08:30"),
            ),
            Field(
                "promotion_until",
                N_("Promotion until"),
                hint=N_("Empty: without an end. A day is included"),
                check=until_check(zone),
            ),
        ]
        if self._tiers:
            parts.append(Heading(N_("Prices for members of a tier")))
        hint = N_("Empty: by the tier's discount")
        parts += [
            Field(f"tier:{tier}", name, Kind.MONEY, own_words=True, hint=_(hint))
            for tier, name in self._tiers.items()
        ]
        start: dict[str, Value] = {
            "price_minor": row.selling_minor,
            "market_price_minor": row.market_minor,
            "promotional_price_minor": row.promotional_minor,
            "promotion_from": row.promotion_from,
            "promotion_until": until_typed(row.promotion_until, zone),
        }
        start |= {f"tier:{each.tier}": each.price_minor for each in row.tier_prices}
        title = _("Prices of {name}").format(name=row.name)
        return FormDialog(title, parts, start, self._save, self._screen.console.currency)

    async def _save(self, values: dict[str, Value]) -> Answer:
        typed = dict(values)
        typed["promotion_until"] = parse_until(
            str(values["promotion_until"] or ""), self._screen.console.zone
        )
        for key, sentence in promotion_mistakes(typed).items():
            return Refused(code="bad", field=key, explanation=sentence)
        done = await self._save_product(typed)
        if isinstance(done, Refused):
            return done
        prices = typed_tier_prices(values, tuple(self._tiers))
        others = tuple(each for each in self._row.tier_prices if each.tier not in self._tiers)
        if tuple(sorted((*prices, *others), key=lambda each: each.tier)) == self._row.tier_prices:
            return done
        request = SaveTierPrices(
            product_id=self._row.product_id, version=self._version, prices=(*prices, *others)
        )
        answer = await self._screen.ask(request, PriceFound)
        if isinstance(answer, Refused) and self._version != self._row.version:
            words = _("The other prices are stored; those for tiers are not: {reason}")
            return answer.model_copy(update={"explanation": words.format(reason=answer.explanation)})
        return answer

    async def _save_product(self, typed: Mapping[str, Value]) -> Answer:
        """Store what belongs to the product itself, where it is not as before."""
        found = await self._screen.ask(GetProduct(product_id=self._row.product_id), ProductFound)
        if isinstance(found, Refused):
            return found
        names = (
            "price_minor",
            "market_price_minor",
            "promotional_price_minor",
            "promotion_from",
            "promotion_until",
        )
        prices = {name: typed[name] for name in names}
        if self._version == found.product.version and all(
            _same(prices[name], getattr(found.product, name)) for name in names
        ):
            return found
        answer = await self._screen.ask(with_prices(found.product, self._version, **prices), ProductFound)
        if isinstance(answer, ProductFound):
            self._version = answer.product.version
        return answer


def _same(one: Value, other: object) -> bool:
    """Return whether a value is as before; the forms of a moment have no seconds."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one == other.replace(second=0, microsecond=0)
    return one == other
