"""Ways to pay: their names and rules."""

from pydantic import ValidationError

from protocol.language import N_, _
from protocol.messages.base import Answer, Refused
from protocol.messages.sales import ListTenderKinds, SaveTenderKind, TenderKinds, TenderKindView
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.list_screen import ListScreen
from terminal_app.console.table import Column, TableRow


class TendersScreen(ListScreen):
    """All ways to pay, in the order in which the till shows them."""

    TITLE_WORDS = N_("Settings › Ways to pay")
    HERE = "settings"
    COLUMNS = (
        Column(N_("Code"), 10),
        Column(N_("Name"), least=12),
        Column(N_("Change"), 7),
        Column(N_("Reference"), 9),
        Column(N_("Opens drawer"), 12, optional=True),
        Column(N_("In the drawer"), 13, optional=True),
        Column(N_("Earns points"), 12, optional=True),
        Column(N_("In use"), 6),
    )

    def __init__(self) -> None:
        """Begin empty."""
        super().__init__()
        self._kinds: dict[str, TenderKindView] = {}

    async def load(self) -> None:
        """Ask for all."""
        answer = await self.fetch(ListTenderKinds(), TenderKinds)
        if answer is None:
            return

        def word(yes: bool) -> str:
            return _("yes") if yes else _("no")

        self._kinds = {k.tender: k for k in answer.kinds}
        self.table.show(
            [
                TableRow(
                    k.tender,
                    (
                        k.tender, k.name, word(k.gives_change), word(k.needs_reference),
                        word(k.opens_drawer), word(k.counts_in_drawer),
                        word(k.earns_points is not False), word(k.active),
                    ),
                    "" if k.active else "quiet",
                )
                for k in answer.kinds
            ]
        )  # fmt: skip

    def edit(self, row: TableRow | None) -> None:
        """Open the dialog."""
        known = self._kinds[row.key] if row else None
        fields = [
            Field("name", N_("Name"), required=True),
            Field("gives_change", N_("Gives change"), Kind.YES_NO),
            Field("needs_reference", N_("Asks a reference"), Kind.YES_NO),
            Field("opens_drawer", N_("Opens drawer"), Kind.YES_NO),
            Field("counts_in_drawer", N_("In the drawer"), Kind.YES_NO),
            Field("earns_points", N_("Earns points"), Kind.YES_NO),
            Field("minimum_minor", N_("At least"), Kind.MONEY),
            Field("maximum_minor", N_("At most"), Kind.MONEY),
            Field("position", N_("Place in the list"), Kind.NUMBER),
            Field("active", N_("In use"), Kind.YES_NO),
        ]
        if known is None:
            fields.insert(
                0, Field("tender", N_("Code"), required=True, hint=N_("Short and for good"), most=20)
            )
        place = str(len(self._kinds) + 1)
        start: dict[str, Value] = {"active": True, "earns_points": True, "position": place}
        if known is not None:
            earns = known.earns_points is not False
            start = {**known.model_dump(), "position": str(known.position), "earns_points": earns}

        async def save(values: dict[str, Value]) -> Answer:
            if not str(values["position"] or "0").isdigit():
                return Refused(code="bad_position", explanation=_("Write a whole number."), field="position")
            try:
                view = TenderKindView.model_validate(
                    {
                        **values,
                        "tender": known.tender if known else values["tender"],
                        "minimum_minor": values["minimum_minor"] or 0,
                        "position": int(str(values["position"] or "0")),
                    }
                )
            except ValidationError as error:
                field = str(error.errors()[0]["loc"][0])
                return Refused(code="bad", explanation=_("This does not fit here."), field=field)
            return await self.ask(SaveTenderKind(kind_view=view), TenderKinds)

        title = _("Change {name}").format(name=known.name) if known else _("New way to pay")
        dialog = FormDialog(title, fields, start, save, currency=self.console.currency)
        self.then_reload(dialog, lambda answer: _("Saved."))
