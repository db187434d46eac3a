"""One product: every field of it, barcodes and extra fields, saved against the version that was read."""

from collections.abc import Iterable

from pydantic import ValidationError
from textual.widget import Widget

from protocol.identifiers import CategoryId, ProductId
from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.catalogue import (
    BarcodeView,
    Categories,
    ExtraFields,
    FindProducts,
    GetProduct,
    ListCategories,
    ListExtraFields,
    ProductFound,
    ProductHits,
    ProductView,
)
from protocol.messages.taxes import ListTaxRates, TaxRates
from protocol.quantity import format_thousandths, parse_thousandths
from terminal_app.actions import bindings_for
from terminal_app.console.check_digit import barcode_warning
from terminal_app.console.fields import ChoiceField, FieldChanged
from terminal_app.console.form_fields import Field, Value
from terminal_app.console.form_view import FormView, Heading
from terminal_app.console.frame import SubPage
from terminal_app.console.line_editor import LineColumn, LineEditor
from terminal_app.console.prices.tax_words import tax_choices
from terminal_app.console.product_form import (
    EXTRA,
    extra_fields,
    general_fields,
    product_values,
    promotion_mistakes,
    save_request,
    supply_fields,
)
from terminal_app.widgets.cells import fit
from terminal_app.widgets.words import Words


class ProductScreen(SubPage[bool]):
    """Gives True when something was saved."""

    PLACES = ("shell", "form", "lines")
    TITLE_WORDS = N_("Products › Product")
    HERE = "products"
    BINDINGS = [*bindings_for("form", "lines")]

    def __init__(self, product_id: ProductId | None, typed: str = "") -> None:
        """Open a product; None: a new one, which begins with what was typed into the search."""
        super().__init__()
        self._product_id = product_id
        self._typed = typed
        self._product: ProductView | None = None
        self._categories = Categories(categories=())
        self._extras = ExtraFields(fields=())
        self._taxes = TaxRates(rates=())
        self._related: dict[str, int] = {}
        self._barcodes = LineEditor(
            [LineColumn("", 24), LineColumn("", 10, "1")], barcode_warning, self._barcode_headings
        )
        self._end = Words("", classes="form-end")
        self._ready = False

    def body(self) -> Iterable[Widget]:
        """The form is put in when the product is there."""
        return ()

    def title_words(self) -> str:
        """Return the name of the product."""
        if self._product is None:
            return _("Products › New product") if self._product_id is None else _(self.TITLE_WORDS)
        stock = format_thousandths(self._product.stock_thousandths)
        return _("Products › {name}   stock {stock}").format(name=self._product.name, stock=stock)

    @staticmethod
    def _barcode_headings() -> str:
        return fit(_("Barcode"), 26) + _("One scan sells")

    @property
    def form(self) -> FormView:
        """The form, once it is there."""
        return self.query_one(FormView)

    @property
    def changed(self) -> bool:
        """True: leaving would lose what was typed."""
        return self._ready and (self.form.changed or self._barcodes.changed)

    async def load(self) -> None:
        """Ask for the product and build the form; never again, so that nothing typed is lost."""
        if self._ready:
            return
        categories = await self.fetch(ListCategories(), Categories)
        extras = await self.fetch(ListExtraFields(), ExtraFields)
        taxes = await self.fetch(ListTaxRates(), TaxRates)
        if categories is None or extras is None or taxes is None:
            return
        self._categories, self._extras, self._taxes = categories, extras, taxes
        values: dict[str, Value] = {"on_sale": True, "category_id": ""}
        if self._product_id is not None:
            found = await self.fetch(GetProduct(product_id=self._product_id), ProductFound)
            if found is None:
                return
            self._product = found.product
            values = product_values(found.product, await self._related_codes(found.product))
        await self._build(values)

    async def _related_codes(self, product: ProductView) -> str:
        codes = []
        for product_id in product.related:
            found = await self.fetch(GetProduct(product_id=product_id), ProductFound)
            if found is not None:
                codes.append(found.product.code)
                self._related[found.product.code] = product_id
        return ", ".join(codes)

    async def _build(self, values: dict[str, Value]) -> None:
        category = str(values.get("category_id") or "")
        parts: list[Field | Heading | Widget] = [
            *general_fields(self._categories.categories, self._tax_choices(category)),
            Heading(N_("Barcodes")),
            self._barcodes,
            *supply_fields(),
            *extra_fields(self._extras.fields, self._categories.categories, category),
            self._end,
        ]
        form = FormView(parts, self.console.currency, self.console.zone)
        await self.query_one(".page-body").mount(form)
        form.fill(values)
        product = self._product
        await self._barcodes.fill(
            [(b.barcode, format_thousandths(b.pack_thousandths)) for b in product.barcodes] if product else []
        )
        self._ready = True
        self.query_one(".page-title").refresh()
        if self._typed.isdigit() and len(self._typed) >= 8:
            await self._barcodes.add(self._typed)
        elif self._typed:
            form.rows["name"].editor.text = self._typed
        form.rows["code"].editor.focus()

    def _tax_choices(self, category: str) -> tuple[tuple[str, str], ...]:
        """Return the choices of the tax rate for goods of a category."""
        present = self._product.tax if self._product else ""
        category_id = CategoryId(int(category)) if category else None
        return tax_choices(self._taxes.rates, self._categories.categories, category_id, present)

    async def on_field_changed(self, event: FieldChanged) -> None:
        """Another category has another tax and extra fields; what was typed in those that stay is kept."""
        if not self._ready:
            return
        category = self.form.rows["category_id"].editor.text
        tax = self.form.rows["tax"].editor
        if isinstance(tax, ChoiceField):
            tax.choices = self._tax_choices(category)
            tax.refresh()
        wanted = extra_fields(self._extras.fields, self._categories.categories, category)
        present = [key for key in self.form.rows if key.startswith(EXTRA)]
        if [field.key for field in wanted] != present:
            await self.form.replace_fields(present, wanted, self._end)

    def take_scan(self, code: str) -> bool:
        """A scan is another barcode of this product."""
        if not self._ready:
            return False
        self.run_worker(self._barcodes.add(code))
        return True

    def do_add_row(self) -> None:
        """Go to the empty barcode line."""
        if self._ready:
            self._barcodes.rows[-1].fields[0].focus()

    # --- saving -----------------------------------------------------------------------------------

    def do_save(self) -> None:
        """Check what was typed, then have it stored."""
        if self._ready:
            self.flow(self._save())

    async def _save(self) -> None:
        values = self.form.read()
        barcodes = self._read_barcodes()
        if values is None or barcodes is None:
            self.say(_("Look at the marked fields."), "error", bell=True)
            return
        for key, sentence in promotion_mistakes(values).items():
            self.form.mark(key, sentence)
            self.say(_("Look at the marked fields."), "error", bell=True)
            return
        related = await self._find_related(str(values["related"]))
        if related is None:
            return
        shown = [key for key in self.form.rows if key.startswith(EXTRA)]
        try:
            request = save_request(values, barcodes, self._product, related, shown)
        except ValidationError as error:
            self._explain(error)
            return
        answer = await self.ask(request, ProductFound)
        if isinstance(answer, Refused):
            self._refuse(answer)
            return
        self.app.notify(_("Saved: {name}.").format(name=answer.product.name), timeout=4)
        self.dismiss(True)

    def _read_barcodes(self) -> tuple[BarcodeView, ...] | None:
        barcodes: list[BarcodeView] = []
        for place, (barcode, pack) in self._barcodes.lines():
            try:
                quantity = parse_thousandths(pack or "1")
            except ValueError:
                quantity = 0
            if quantity <= 0:
                sentence = _("“{text}” is not a pack size. Write 1 for a single, 6 for a pack of six.")
                self._barcodes.mark(place, sentence.format(text=pack))
                return None
            if len(barcode) > 60 or any(b.barcode == barcode for b in barcodes):
                sentence = (
                    _("This barcode stands here twice.")
                    if len(barcode) <= 60
                    else _("A barcode has at most 60 characters.")
                )
                self._barcodes.mark(place, sentence)
                return None
            barcodes.append(BarcodeView(barcode=barcode, pack_thousandths=quantity))
        return tuple(barcodes)

    async def _find_related(self, text: str) -> tuple[int, ...] | None:
        """Return the ids of the codes that were typed; or say which one is unknown."""
        found: list[int] = []
        for code in text.replace("，", ",").replace("、", ",").split(","):
            code = code.strip()
            if not code:
                continue
            if code not in self._related:
                hits = await self.fetch(FindProducts(text=code, limit=5, on_sale_only=False), ProductHits)
                if hits is None:
                    return None
                self._related.update({hit.code: hit.product_id for hit in hits.hits if hit.code == code})
            if code not in self._related:
                self.form.mark("related", _("There is no product with the code {code}.").format(code=code))
                self.say(_("Look at the marked fields."), "error", bell=True)
                return None
            found.append(self._related[code])
        return tuple(found)

    def _explain(self, error: ValidationError) -> None:
        """Say at the field what the message's own limits refuse."""
        first = error.errors()[0]
        key = str(first["loc"][0]) if first["loc"] else ""
        if not self.form.mark(key, _("This cannot be stored as it is; make it shorter or smaller.")):
            self.say(_("This cannot be stored as it is: {reason}.").format(reason=first["msg"]), "error")

    def _refuse(self, refusal: Refused) -> None:
        """Say why it was not stored; everything that was typed stays."""
        if refusal.code == "changed_by_others":
            words = _(
                "Somebody else changed this product while it was open here. Nothing was stored. "
                "Note what you typed, leave with Esc and open it again."
            )
            self.say(f"{refusal.explanation} {words}", "error", bell=True)
            return
        field = refusal.field or ""
        if field.startswith("barcode") and self._barcodes.lines():
            for place, (barcode, _pack) in self._barcodes.lines():
                if barcode in refusal.explanation:
                    self._barcodes.mark(place, refusal.explanation)
                    break
            self.refused(refusal)
        elif field.startswith("extras") or not self.form.mark(field, refusal.explanation):
            for key in self.form.rows:
                if key.startswith(EXTRA) and key.removeprefix(EXTRA) in refusal.explanation:
                    self.form.mark(key, refusal.explanation)
            self.refused(refusal)
        else:
            self.say(_("Look at the marked fields."), "error", bell=True)

    def on_choice_field_opened(self, event: ChoiceField.Opened) -> None:
        """Handled by the form; stopped here so that nothing else sees it."""
        event.stop()
