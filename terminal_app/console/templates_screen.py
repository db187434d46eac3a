"""The texts of receipts and slips: edited on the left, printed for a sample on the right."""

import asyncio
from collections.abc import Iterable

from textual.containers import Horizontal
from textual.widget import Widget
from textual.widgets import TextArea

from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.store import GetTemplate, SaveTemplate, TemplateText
from terminal_app.actions import bindings_for
from terminal_app.console.frame import SubPage
from terminal_app.console.list_screen import ListScreen
from terminal_app.console.paper import PaperView
from terminal_app.console.table import Column, TableRow

_PAUSE_S = 0.3
"""Between the last key and the preview."""
TEMPLATES = {
    "receipt": N_("Receipt"),
    "x_slip": N_("X slip"),
    "z_slip": N_("Z slip"),
    "day_slip": N_("Day slip"),
    "cash_slip": N_("Cash in / out slip"),
    "points_slip": N_("Points statement"),
}


class TemplatesScreen(ListScreen):
    """All slips."""

    PLACES = ("shell",)
    TITLE_WORDS = N_("Settings › Slips")
    HERE = "settings"
    COLUMNS = (Column(N_("Slip"), least=20), Column(N_("Template"), 16))

    async def load(self) -> None:
        """List them; their texts are asked for when one is opened."""
        self.table.show([TableRow(key, (_(words), key)) for key, words in TEMPLATES.items()])

    def edit(self, row: TableRow | None) -> None:
        """Open one."""
        if row is not None:
            self.app.push_screen(TemplateScreen(row.key))

    def do_new(self) -> None:
        """There are as many slips as the program prints."""
        self.app.bell()


class TemplateScreen(SubPage[None]):
    """One slip."""

    PLACES = ("shell", "template")
    HERE = "settings"
    AUTO_FOCUS = "TextArea"
    DEFAULT_CSS = """
    TemplateScreen TextArea { width: 1fr; height: 1fr; border: none; }
    TemplateScreen PaperView { width: 46; height: 1fr; }
    TemplateScreen PaperView .paper { width: 44; padding: 0 1; }
    TemplateScreen.-narrow PaperView { display: none; }
    TemplateScreen.-narrow.show-paper PaperView { display: block; width: 1fr; }
    TemplateScreen.-narrow.show-paper TextArea { display: none; }
    """
    BINDINGS = [*bindings_for("template")]

    def __init__(self, template: str) -> None:
        """Edit a template."""
        super().__init__()
        self._template = template
        self._stored: str | None = None

    def title_words(self) -> str:
        """Return which slip it is."""
        return _("Settings › Slips › {name}").format(name=_(TEMPLATES[self._template]))

    def body(self) -> Iterable[Widget]:
        """The text, and the paper."""
        with Horizontal():
            yield TextArea(show_line_numbers=True, tab_behavior="focus", compact=True)
            yield PaperView()

    @property
    def area(self) -> TextArea:
        """The text."""
        return self.query_one(TextArea)

    @property
    def changed(self) -> bool:
        """True: leaving would lose what was typed."""
        return self._stored is not None and self.area.text != self._stored

    async def load(self) -> None:
        """Ask for the text; never again, so that nothing typed is lost."""
        if self._stored is not None:
            return
        answer = await self.fetch(GetTemplate(template=self._template), TemplateText)
        if answer is not None:
            self._show(answer)

    def _show(self, answer: TemplateText) -> None:
        self._stored = answer.text
        self.area.text = answer.text
        self.query_one(PaperView).show(answer.preview)

    async def do_save(self) -> None:
        """Use this text; one that does not work is refused with line and reason, and stays here."""
        await self._store(self.area.text)

    async def _store(self, text: str) -> None:
        answer = await self.ask(SaveTemplate(template=self._template, text=text), TemplateText)
        if isinstance(answer, Refused):
            self.refused(answer)
            return
        at = self.area.cursor_location
        self._show(answer)
        self.area.cursor_location = at
        self.workers.cancel_group(self, "draft")
        self.say(_("Saved. This is what it prints from now on."), "good")

    def on_text_area_changed(self) -> None:
        """Print the draft as soon as the person pauses; a mistake in it is told while it is typed."""
        if self._stored is not None:
            self.background_task(self._try_draft, group="draft")

    async def _try_draft(self) -> None:
        await asyncio.sleep(_PAUSE_S)
        request = GetTemplate(template=self._template, draft=self.area.text[:20_000])
        answer = await self.ask(request, TemplateText)
        if isinstance(answer, Refused):
            self.say(answer.explanation, "warning")
            return
        self.query_one(PaperView).show(answer.preview)
        self.say(_("This is what it would print; nothing is saved yet.") if self.changed else "")

    def do_preview(self) -> None:
        """Change between text and paper where both do not fit side by side."""
        self.toggle_class("show-paper")

    def do_original(self) -> None:
        """Go back to the text as delivered, after a question."""

        def go(yes: bool | None) -> None:
            if yes:
                self.flow(self._store(""))

        self.console.question(
            _("Replace this text by the one that came with the program?"), go, yes=_("Replace")
        )
