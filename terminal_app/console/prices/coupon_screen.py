"""Coupons of one kind: what they give, on which goods, for whom, when, and how members get one."""

from collections.abc import Iterable

from pydantic import ValidationError
from textual.widget import Widget

from protocol.coupon import CouponBatchView, CouponGift
from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.catalogue import GetProduct, ProductFound
from protocol.messages.coupons import CouponBatchFound, SaveCouponBatch
from terminal_app.actions import bindings_for
from terminal_app.console.form_view import FormView
from terminal_app.console.frame import SubPage
from terminal_app.console.prices.coupon_form import (
    coupon_mistakes,
    coupon_parts,
    coupon_values,
    like_an_offer,
    typed_batch,
)
from terminal_app.console.prices.coupon_words import BENEFITS
from terminal_app.console.prices.form_rows import GoodsRow
from terminal_app.console.prices.offer_names import ask_offer_names
from terminal_app.console.product_picker import product_words

_FIELDS = {"rate_ppm": "rate_ppm", "benefit": "amount_minor", "times": "valid_until"}
"""Fields of the message that the form calls otherwise."""


class CouponGoodsRow(GoodsRow):
    """The goods that coupons are about."""

    def choosing_words(self) -> str:
        """Return the title of the screen on which they are chosen."""
        return _("Prices › Coupons › {field}").format(field=self.label_words())


class CouponBatchScreen(SubPage[CouponBatchFound]):
    """Gives the coupons as they were saved, with the sentence that reads them back."""

    PLACES = ("shell", "form")
    HERE = "prices"
    BINDINGS = [*bindings_for("form")]

    def __init__(self, batch: CouponBatchView, *, blank: bool = False) -> None:
        """`blank`: new ones of the kind of `batch`."""
        super().__init__()
        self._batch = batch
        self._blank = blank
        self._goods: GoodsRow | None = None

    def title_words(self) -> str:
        """Return kind and name."""
        kind = _(BENEFITS[self._batch.benefit.kind][0])
        if self._batch.batch_id is None:
            return _("Prices › Coupons › New: {kind}").format(kind=kind)
        return _("Prices › Coupons › {kind}: {name}").format(kind=kind, name=self._batch.name)

    def body(self) -> Iterable[Widget]:
        """The form is put in when the names are there."""
        return ()

    @property
    def form(self) -> FormView:
        """The form, once it is there."""
        return self.query_one(FormView)

    @property
    def changed(self) -> bool:
        """True: leaving would lose what was typed."""
        return self._goods is not None and (self.form.changed or self._goods.changed)

    async def load(self) -> None:
        """Ask for the names and build the form; never again, so that nothing typed is lost."""
        if self._goods is not None:
            return
        names = await ask_offer_names(self, like_an_offer(self._batch))
        if isinstance(self._batch.benefit, CouponGift) and self._batch.benefit.product_id:
            gift = self._batch.benefit.product_id
            found = await self.ask(GetProduct(product_id=gift), ProductFound)
            if not isinstance(found, Refused):
                names.products[gift] = product_words(found.product.code, found.product.name)
        goods = CouponGoodsRow("goods", N_("Which goods"), self._batch.goods, names)
        parts = coupon_parts(self._batch, names, goods, self.console.zone)
        form = FormView(parts, self.console.currency, self.console.zone)
        await self.query_one(".page-body").mount(form)
        form.fill(coupon_values(self._batch, self.console.zone, blank=self._blank))
        self._goods = goods
        form.rows["name"].editor.focus()

    def do_save(self) -> None:
        """Check what was typed, then have it stored."""
        if self._goods is not None:
            self.flow(self._save(self._goods))

    async def _save(self, row: GoodsRow) -> None:
        values = self.form.read()
        if values is None:
            self.say(_("Look at the marked fields."), "error", bell=True)
            return
        for key, sentence in coupon_mistakes(values).items():
            self._mark(key, sentence)
            return
        goods = row.goods
        if goods is None or not (goods.all_goods or goods.categories or goods.products):
            self._mark("goods", _("Which goods is it about? Space opens the choice."))
            return
        try:
            batch = typed_batch(self._batch, values, goods, self.console.zone)
        except ValidationError as error:
            self._mark(str(error.errors()[0]["loc"][0]), _("This does not fit here."))
            return
        answer = await self.ask(SaveCouponBatch(batch=batch), CouponBatchFound)
        if isinstance(answer, Refused):
            self._mark(answer.field or "", answer.explanation)
        else:
            self.dismiss(answer)

    def _mark(self, field: str, sentence: str) -> None:
        """Say what is wrong at the field, or on the notice line where the form has no such field."""
        key = field.rpartition(".")[2]
        key = _FIELDS.get(key, key)
        if key == "goods" and self._goods is not None:
            self._goods.mark(sentence)
        elif not self.form.mark(key, sentence):
            self.say(sentence, "error", bell=True)
            return
        self.say(_("Look at the marked fields."), "error", bell=True)
