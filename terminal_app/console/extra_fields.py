"""The shop's own fields of goods: for all goods, or for a category and those below it."""

from collections.abc import Sequence
from typing import ClassVar

from protocol.identifiers import CategoryId
from protocol.language import N_, _
from protocol.messages.base import Answer, Done
from protocol.messages.catalogue import (
    Categories,
    ExtraFields,
    ExtraFieldView,
    ListCategories,
    ListExtraFields,
    SaveExtraField,
)
from terminal_app.console.categories import category_choices
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.list_screen import ListScreen
from terminal_app.console.table import Column, TableRow

TYPES = {
    "text": N_("Text"),
    "number": N_("Number"),
    "date": N_("Date"),
    "yes_no": N_("Yes or no"),
    "choice": N_("One of a list"),
}
"""The types of an extra field, in words."""


class ExtraFieldsScreen(ListScreen):
    """All extra fields."""

    TITLE_WORDS = N_("Products › Extra fields")
    HERE = "products"
    COLUMNS: Sequence[Column] = (
        Column(N_("Field"), least=12, share=2),
        Column(N_("For"), least=12, share=2),
        Column(N_("Type"), 14),
        Column(N_("Needed"), 7),
    )
    EMPTY = N_("There are no extra fields. Add one, for example “Origin” or “Best before”.")

    BY_CATEGORY: ClassVar[bool] = True
    """True: a field can be for one category of goods."""

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._fields: dict[str, ExtraFieldView] = {}
        self._categories = Categories(categories=())

    async def ask_fields(self) -> ExtraFields | None:
        """Ask for the fields."""
        return await self.fetch(ListExtraFields(), ExtraFields)

    async def store(self, extra: ExtraFieldView) -> Answer:
        """Have a field stored."""
        return await self.ask(SaveExtraField(extra=extra), Done)

    async def load(self) -> None:
        """Ask for the fields, and for the names of their categories."""
        if self.BY_CATEGORY:
            categories = await self.fetch(ListCategories(), Categories)
            if categories is None:
                return
            self._categories = categories
        answer = await self.ask_fields()
        if answer is not None:
            self._fields = {f.field: f for f in answer.fields}
            self.table.show([self._row(f) for f in answer.fields])

    def _row(self, f: ExtraFieldView) -> TableRow:
        paths = {c.category_id: c.path for c in self._categories.categories}
        goods = paths.get(f.category_id, "") if f.category_id is not None else _("All goods")
        kind = _(TYPES[f.type]) + (f": {', '.join(f.choices)}" if f.choices and not self.BY_CATEGORY else "")
        needed = _("yes") if f.required else _("no")
        return TableRow(f.field, (f.field, *((goods,) if self.BY_CATEGORY else ()), kind, needed))

    def edit(self, row: TableRow | None) -> None:
        """Open the dialog."""
        known = self._fields[row.key] if row else None
        fields = [
            Field("field", N_("Name"), required=True),
            Field("type", N_("Type"), Kind.CHOICE, choices=tuple((k, _(v)) for k, v in TYPES.items())),
            Field("choices", N_("Choices"), hint=N_("For a list: separated by commas"), most=2000),
            Field("required", N_("Must be filled in"), Kind.YES_NO),
        ]
        if self.BY_CATEGORY:
            choices = category_choices(self._categories.categories, _("All goods"))
            fields.insert(1, Field("category_id", N_("For"), Kind.CHOICE, choices=choices))
        start: dict[str, Value] = {"type": "text", "category_id": ""}
        if known:
            start = {
                "field": known.field,
                "category_id": str(known.category_id) if known.category_id is not None else "",
                "type": known.type,
                "choices": ", ".join(known.choices),
                "required": known.required,
            }

        async def save(values: dict[str, Value]) -> Answer:
            listed = str(values["choices"]).replace("，", ",").split(",")  # a Chinese input method's comma
            category = values.get("category_id")
            extra = ExtraFieldView(
                field=str(values["field"]),
                category_id=CategoryId(int(str(category))) if category else None,
                type=str(values["type"]),
                choices=tuple(c.strip() for c in listed if c.strip()),
                required=bool(values["required"]),
            )
            return await self.store(extra)

        title = _("Change an extra field") if known else _("New extra field")
        self.then_reload(FormDialog(title, fields, start, save), lambda answer: _("Saved."))
