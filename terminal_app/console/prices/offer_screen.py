"""One offer: a form with the fields of its kind, and below what it says and what it does to a basket."""

from asyncio import sleep
from collections.abc import Iterable

from textual.widget import Widget

from protocol.language import _
from protocol.messages.base import Refused
from protocol.messages.catalogue import FindProducts, ProductHits
from protocol.messages.offers import GetOffer, OfferFound, SaveOffer, TriedBasket
from protocol.offer import OfferView
from terminal_app.actions import bindings_for
from terminal_app.console.fields import FieldChanged
from terminal_app.console.form_view import FormView
from terminal_app.console.frame import SubPage
from terminal_app.console.prices.explain_rows import BASKET_COLUMNS, basket_rows
from terminal_app.console.prices.offer_draft import OfferDraft
from terminal_app.console.prices.offer_kinds import kind_words
from terminal_app.console.prices.offer_names import OfferNames, ask_offer_names
from terminal_app.console.prices.tried_basket import TriedDraft
from terminal_app.console.product_picker import product_words
from terminal_app.console.table import Table
from terminal_app.widgets.words import Words

_PAUSE_S = 0.2
"""Between the last key and the question."""


class OfferScreen(SubPage[OfferFound]):
    """Gives the offer as it was saved."""

    PLACES = ("shell", "form", "offer")
    HERE = "prices"
    BINDINGS = [*bindings_for("form", "offer")]
    DEFAULT_CSS = """
    OfferScreen #sentence { height: auto; min-height: 2; max-height: 5; padding: 0 1; color: $primary; }
    OfferScreen #basket { height: 1; padding: 0 1; color: $quiet; }
    OfferScreen #tried { height: 12; display: none; }
    OfferScreen.-tall.-filled #tried { display: block; }
    """
    VERTICAL_BREAKPOINTS = [(0, "-low"), (36, "-tall")]

    def __init__(self, offer: OfferView, tried: TriedDraft, *, blank: bool = False) -> None:
        """`blank`: a new offer of the kind of `offer`; `tried` is kept by who opened this."""
        super().__init__()
        self._offer = offer
        self._tried = tried
        self._blank = blank
        self._names = OfferNames()
        self._draft: OfferDraft | None = None
        self._words = ""
        self._answer: TriedBasket | None = None

    def title_words(self) -> str:
        """Return kind and name."""
        kind = kind_words(self._offer.kind)
        if self._offer.offer_id is None:
            return _("Prices › Offers › New: {kind}").format(kind=kind)
        return _("Prices › Offers › {kind}: {name}").format(kind=kind, name=self._offer.name)

    def body(self) -> Iterable[Widget]:
        """The sentence and the basket; the form is put in when the names are there."""
        yield Words(lambda: self._words, id="sentence")
        yield Words(self._basket_words, id="basket")
        tried = Table(BASKET_COLUMNS, id="tried")
        tried.can_focus = False
        yield tried

    @property
    def form(self) -> FormView:
        """The form, once it is there."""
        return self.query_one(FormView)

    @property
    def changed(self) -> bool:
        """True: leaving would lose what was typed. A copy that was not saved would be lost too."""
        return self._draft is not None and (self.form.changed or self._draft.changed)

    async def load(self) -> None:
        """Ask for the names and build the form; later only for the words and the basket."""
        if self._draft is None:
            self._names = await ask_offer_names(self, self._offer)
            draft = OfferDraft(self, self._offer, self._names, blank=self._blank, money=self.money)
            form = FormView(draft.parts(self.console.zone), self.console.currency, self.console.zone)
            await self.query_one(".page-body").mount(form, before=0)
            form.fill(draft.values(self.console.zone))
            self._draft = draft
            form.rows["name"].editor.focus()
        await self._read_back()

    # --- read back --------------------------------------------------------------------------------

    def on_field_changed(self, event: FieldChanged) -> None:
        """Read the offer back when the person pauses."""
        event.stop()
        if self._draft is not None:
            self.background_task(self._read_back_soon, "words")

    def on_screen_resume(self) -> None:
        """The basket or the goods may be others now."""
        if self._draft is not None:
            self.background_task(self._read_back, "words")

    async def _read_back_soon(self) -> None:
        await sleep(_PAUSE_S)
        await self._read_back()

    async def _read_back(self) -> None:
        if self._draft is None or not self.query(FormView):
            return  # the screen was left while the person's last key was still waiting
        typed = self._draft.typed(self.form, named=False)
        if typed is None:
            self._answer = None
            self._show(_("As soon as all is filled in, the offer is read back to you here."))
            return
        answer = await self.ask(self._tried.request(typed), TriedBasket)
        if isinstance(answer, Refused):
            self._answer = None
            self._show(answer.explanation)
        else:
            self._answer = answer
            self._show(answer.words)

    def _show(self, words: str) -> None:
        self._words = words
        filled = self._answer is not None and bool(self._tried.items)
        self.set_class(filled, "-filled")
        for table in self.query("#tried").results(Table):
            if self._answer is not None:
                table.show(basket_rows(self._answer.explanation, self.money))
        for widget in self.query("#sentence, #basket"):
            widget.refresh(layout=True)

    def _basket_words(self) -> str:
        if self._answer is None:
            return ""
        if not self._tried.items:
            return _("F8: scan or type a basket and see what this offer does to it.")
        words = _("Your basket: {without} without it, {total} with it.")
        without, total = self._answer.total_without_minor, self._answer.explanation.total_minor
        return words.format(without=self.money(without), total=self.money(total))

    # --- keys -------------------------------------------------------------------------------------

    def _typed(self) -> OfferView | None:
        """Return the offer that is typed, for trying it; say what is missing otherwise."""
        if self._draft is None:
            return None
        typed = self._draft.typed(self.form, named=False)
        if typed is None:
            answer = self._draft.read(self.form)
            words = answer.explanation if isinstance(answer, Refused) else _("Look at the marked fields.")
            self.say(words, "error", bell=True)
        return typed

    def do_try_it(self) -> None:
        """Open the basket."""
        typed = self._typed()
        if typed is not None:
            from terminal_app.console.prices.try_screen import TryScreen  # noqa: PLC0415  # when first used

            self.app.push_screen(TryScreen(typed, self._tried, self._names))

    def do_trial(self) -> None:
        """Look at past sales."""
        typed = self._typed()
        if typed is not None:
            from terminal_app.console.prices.trial_start import start_trial  # noqa: PLC0415  # when first used

            start_trial(self, typed)

    def take_scan(self, code: str) -> bool:
        """What is scanned belongs to the goods of the offer."""
        row = self._draft.rows.get("goods") if self._draft is not None else None
        if row is None:
            return False
        self.flow(self._scanned(code))
        return True

    async def _scanned(self, code: str) -> None:
        from terminal_app.console.prices.form_rows import GoodsRow  # noqa: PLC0415  # only for a scan

        row = self._draft.rows.get("goods") if self._draft is not None else None
        answer = await self.fetch(FindProducts(text=code[:100], limit=5, on_sale_only=False), ProductHits)
        if answer is None or not isinstance(row, GoodsRow) or row.goods is None:
            return
        hit = next((hit for hit in answer.hits if code in (hit.code, hit.barcode)), None)
        if hit is None:
            self.say(_("No goods fit “{text}”. Try fewer letters.").format(text=code), "error", bell=True)
            return
        if row.goods.all_goods or hit.product_id in row.goods.products:
            self.say(_("{goods} is in already.").format(goods=hit.name), "warning")
            return
        self._names.products[hit.product_id] = product_words(hit.code, hit.name)
        row.take(row.goods.model_copy(update={"products": (*row.goods.products, hit.product_id)}))
        self.say(_("Added: {goods}.").format(goods=hit.name), "good")

    # --- saving -----------------------------------------------------------------------------------

    def do_save(self) -> None:
        """Check what was typed, then have it stored."""
        if self._draft is not None:
            self.flow(self._save(self._draft))

    async def _save(self, draft: OfferDraft) -> None:
        typed = draft.read(self.form)
        if isinstance(typed, Refused):
            draft.mark(self.form, typed)
            self.refused(typed)
            return
        answer = await self.ask(SaveOffer(offer=typed), OfferFound)
        if not isinstance(answer, Refused):
            self.dismiss(answer)
        elif answer.code == "changed_by_others":
            await self._changed_by_others(answer, draft)
        elif draft.mark(self.form, answer):
            self.say(_("Look at the marked fields."), "error", bell=True)
        else:
            self.refused(answer)

    async def _changed_by_others(self, refusal: Refused, draft: OfferDraft) -> None:
        """Show what stands there now; the person decides whether this one takes its place."""
        self.refused(refusal)
        if draft.offer.offer_id is None:
            return
        there = await self.fetch(GetOffer(offer_id=draft.offer.offer_id), OfferFound)
        if there is None:
            return

        def replace(yes: bool | None) -> None:
            if yes:
                draft.offer = draft.offer.model_copy(update={"version": there.offer.offer.version})
                self.do_save()

        words = _("Somebody changed this offer while it was open here. It says now: {words}")
        self.console.question(words.format(words=there.offer.words), replace, yes=_("put mine in its place"))
