"""A small form in a dialog: saved by the server, and kept open with all that was typed when it refuses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import tzinfo
from typing import TYPE_CHECKING, cast

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.widget import Widget

from protocol.language import N_, _
from protocol.messages.base import Answer, Refused
from terminal_app.actions import bindings_for
from terminal_app.console.fields import ChoiceField
from terminal_app.console.form_fields import Field, Value
from terminal_app.console.form_view import FormView, Heading
from terminal_app.console.question import Question
from terminal_app.place import Dialog
from terminal_app.widgets.notice import NoticeLine
from terminal_app.widgets.words import Words

if TYPE_CHECKING:
    from terminal_app.console.app import ConsoleApp

Save = Callable[[dict[str, Value]], Awaitable[Answer]]


class FormDialog(Dialog[Answer]):
    """Gives the server's answer, or None when the person left without saving."""

    PLACES = ("form",)
    KEY_WORDS = N_("Enter: next field, save at the last   Ctrl+S: save   Esc: leave")
    AUTO_FOCUS = "TextField, YesNoField, ChoiceField"
    BINDINGS = [*bindings_for("form"), Binding("escape", "leave", show=False, priority=True)]

    def __init__(
        self,
        title: str,
        parts: Sequence[Field | Heading | Widget],
        values: Mapping[str, Value],
        save: Save,
        currency: str = "",
        note: str = "",
        start_at: str = "",
    ) -> None:
        """`title` and `note` in the language of the screen; `save` asks the server."""
        super().__init__()
        self._title = title
        self._parts = parts
        self._values = values
        self._save = save
        self._currency = currency
        self._note = note
        self._start_at = start_at

    def compose(self) -> ComposeResult:
        """The box."""
        with Vertical(classes="dialog"):
            yield Words(lambda: self._title, classes="dialog-title")
            with Vertical(classes="dialog-body"):
                if self._note:
                    yield Words(lambda: self._note, classes="paragraph")
                yield FormView(self._parts, self._currency or "CNY", self.zone)
            yield NoticeLine(classes="dialog-notice")
            yield Words(self.key_words, classes="dialog-keys")

    @property
    def zone(self) -> tzinfo:
        """The time zone of the screen."""
        return cast("ConsoleApp", self.app).zone

    @property
    def form(self) -> FormView:
        """The form."""
        return self.query_one(FormView)

    def on_mount(self) -> None:
        """Put in what is there."""
        self.form.fill(self._values)
        if self._start_at:
            self.form.rows[self._start_at].editor.focus()

    def action_enter(self) -> None:
        """Go on, once the field has taken the letters that came just before this key."""
        self.call_later(self._go_on)

    def _go_on(self) -> None:
        """Go to the next field; save at the last one."""
        editors = [row.editor for row in self.form.rows.values()]
        needed = [row.editor for row in self.form.rows.values() if row.field.required]
        if isinstance(self.focused, ChoiceField) and not self.focused.text and self.focused in needed:
            self.focused.action_open()
        elif not editors or self.focused is editors[-1] or self.focused not in editors:
            self.do_save()
        else:
            self.focus_next()

    def do_save(self) -> None:
        """Have it stored."""
        values = self.form.read()
        if values is None:
            self.say(_("Look at the marked fields."), "error", bell=True)
            return
        self.flow(self._store(values))

    async def _store(self, values: dict[str, Value]) -> None:
        self.say(_("One moment…"))
        answer = await self._save(values)
        if not isinstance(answer, Refused):
            self.dismiss(answer)
            return
        if not (answer.field and self.form.mark(answer.field, answer.explanation)):
            self.say(answer.explanation, "error", bell=True)
        else:
            self.say(_("Look at the marked fields."), "error", bell=True)

    def action_leave(self) -> None:
        """Leave, after a question when something was typed."""
        if not self.form.changed:
            self.dismiss(None)
            return

        def leave(yes: bool | None) -> None:
            if yes:
                self.dismiss(None)

        words = _("Leave without saving? What you changed here would be lost.")
        self.app.push_screen(Question(words, _("Leave")), leave)


class AskingDialog(FormDialog):
    """A form that asks what to do or to show, and changes nothing in the books."""

    KEY_WORDS = N_("Enter: next field, go on at the last   Ctrl+S: go on   Esc: leave")
