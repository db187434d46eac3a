"""Registering a member: name, phone, gender, birthday, and Ctrl+S; the rest is on a second page."""

from collections.abc import Iterable
from functools import partial

from textual import on
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input

from protocol.identifiers import CommandId, MemberId, new_id
from protocol.language import N_, _
from protocol.messages.base import Refused
from protocol.messages.cards import CardKind, CardMember, Cards, FindMember, IssueCard
from protocol.messages.catalogue import ExtraFields, ExtraFieldView, ExtraValue
from protocol.messages.members import ListMemberFields, MemberFound, RegisterMember
from terminal_app.members.confirm import ConfirmMember
from terminal_app.members.register_entries import (
    GENDERS,
    birthday_of,
    extra_hint,
    extra_of,
    gender_code,
    gender_of,
)
from terminal_app.place import Dialog
from terminal_app.widgets.field import Entry, Field
from terminal_app.widgets.words import Words

_PHONE_LEAST = 4
"""So many digits, and nothing else, were a part of a phone and not of a name."""


class RegisterDialog(Dialog[MemberId]):
    """Gives the new member, or the one who has the phone already. Nothing typed is lost by a refusal."""

    TITLE_WORDS = N_("New member")
    KEY_WORDS = N_("Enter: next field   Ctrl+S: save   F2: more fields   Esc: back")
    CSS_PATH = "register.tcss"
    AUTO_FOCUS = ""
    BINDINGS = [
        Binding("ctrl+s", "save", show=False, priority=True),
        Binding("f2", "page", show=False, priority=True),
        Binding("tab", "app.focus_next", show=False, priority=True),
        Binding("shift+tab", "app.focus_previous", show=False, priority=True),
        Binding("down", "app.focus_next", show=False, priority=True),
        Binding("up", "app.focus_previous", show=False, priority=True),
    ]

    def __init__(self, typed: str, card: str = "") -> None:
        """Begin with what was typed before: digits are the phone, all else the name; and with a free card."""
        super().__init__()
        digits = typed.lstrip("+").replace(" ", "").replace("-", "")
        phone = digits.isdigit() and len(digits) >= _PHONE_LEAST
        self._given = {"phone" if phone else "name": typed} if typed else {}
        self._card = (CardKind.CONTACTLESS, card) if card else None
        self._extras: tuple[ExtraFieldView, ...] = ()
        self._request: RegisterMember | None = None
        self._command_id = CommandId(new_id())

    def body(self) -> Iterable[Widget]:
        """The two pages and the card."""
        with VerticalScroll(id="page-1", classes="page", can_focus=False):
            yield Field(N_("Member name"), id="name", value=self._given.get("name", ""), max_length=60)
            yield Field(N_("Phone"), id="phone", value=self._given.get("phone", ""), max_length=24)
            yield Field(N_("Gender (f / m / -)"), id="gender", max_length=10)
            yield Field(N_("Birthday (0517, 19900517)"), id="birthday", max_length=11)
            yield Field(N_("Brought by (number, phone)"), id="referrer", max_length=24)
        with VerticalScroll(id="page-2", classes="page", can_focus=False):
            yield Field(N_("E-mail"), id="email", max_length=100)
            yield Field(N_("Address"), id="address", max_length=200)
            yield Field(N_("Occupation"), id="occupation", max_length=60)
            yield Field(N_("Income band"), id="income_band", max_length=60)
            yield Field(N_("Skin condition"), id="skin_condition", max_length=60)
            yield Field(N_("Note to the cashier"), id="note", max_length=200)
            yield Field(N_("Tags (with spaces)"), id="tags", max_length=200)
        yield Words(self._card_words, id="card-words", classes="quiet")

    def on_mount(self) -> None:
        """Begin at the first field that is empty, and ask which fields the shop has added."""
        self.query_one("#page-2").display = False
        self.set_focus(self._entry("phone" if self._given.get("name") else "name"))
        self.run_worker(self._ask_fields(), group="fields")

    async def _ask_fields(self) -> None:
        answer = await self.shell.store.ask(ListMemberFields(), ExtraFields)
        if isinstance(answer, Refused) or not self.is_mounted:
            return
        for number, field in enumerate(answer.fields):
            page = self.query_one("#page-1" if field.required else "#page-2")
            label = ("* " if field.required else "") + field.field
            # The shop's own words are shown as they are: a function, or they would be looked up.
            await page.mount(Field(partial(str, label), id=f"extra-{number}", max_length=200))
            self._entry(f"extra-{number}").placeholder = extra_hint(field)
        self._extras = answer.fields

    # --- keys -------------------------------------------------------------------------------------

    @on(Input.Changed, "#gender")
    def gender_typed(self, event: Input.Changed) -> None:
        """One key is the whole gender; the word stands there, and the next field is asked."""
        code = gender_of(event.value)
        if code is None or not event.input.has_focus:
            return
        event.input.value = _(GENDERS[code]) if code in GENDERS else "-"
        self.app.action_focus_next()

    def action_page(self) -> None:
        """F2: the other page."""
        first, second = self.query_one("#page-1"), self.query_one("#page-2")
        self._turn_to(first if second.display else second)

    def accept(self) -> None:
        """Go to the next field; after the last one of the page, save."""
        entries = [entry for entry in self.query(Entry) if entry.parent and self._seen(entry)]
        here = next((number for number, entry in enumerate(entries) if entry.has_focus), -1)
        if here >= 0 and entries[here].id == "birthday" and self._birthday() is None:
            return
        if here + 1 < len(entries):
            self.say("")
            self.set_focus(entries[here + 1])
        else:
            self.action_save()

    def action_save(self) -> None:
        """Ctrl+S: save from wherever one is."""
        self.flow(self._save())

    # --- cards ------------------------------------------------------------------------------------

    def take_scan(self, code: str) -> bool:
        """A scanned code becomes the member's card."""
        self.flow(self._bind(CardKind.BARCODE, code, False))
        return True

    def take_card(self, uid: str) -> bool:
        """A card is bound when the member is saved."""
        self.flow(self._bind(CardKind.CONTACTLESS, uid, False))
        return True

    def take_random_card(self, uid: str) -> bool:
        """A telephone before the reader is refused in words."""
        self.flow(self._bind(CardKind.CONTACTLESS, uid, True))
        return True

    async def _bind(self, kind: CardKind, number: str, random_uid: bool) -> None:
        query = FindMember(number=number[:120], random_uid=random_uid)
        answer = await self.shell.store.ask(query, CardMember)
        if isinstance(answer, CardMember):
            text = _("This card belongs to {name}, member {number}.")
            words = text.format(name=answer.member.name, number=answer.member.number)
            self.say(words, "error", bell=True)
        elif answer.code not in ("unknown_card", "card_returned"):
            self.say(answer.explanation, "error", bell=True)
        else:
            self._card = (kind, number)
            self.query_one("#card-words", Words).refresh()
            self.say(_("The card is bound when you save."), "good")

    def _card_words(self) -> str:
        if self._card is None:
            return _("Card: present or scan one now to bind it (optional)")
        return _("Card: {number}").format(number="…" + self._card[1][-6:])

    # --- saving -----------------------------------------------------------------------------------

    async def _save(self) -> None:
        birthday = self._birthday()
        if birthday is None:
            return
        request = self._made(birthday)
        if request != self._request:  # the same words under the same id are registered once
            self._request, self._command_id = request, CommandId(new_id())
        answer = await self.shell.store.ask(request, MemberFound, id=self._command_id)
        if isinstance(answer, Refused) and answer.code == "approval_needed":
            answer = await self.shell.order(request, MemberFound)
        if isinstance(answer, Refused):
            await self._refused(answer)
            return
        await self._issue(answer.member.member_id)
        self.dismiss(answer.member.member_id)

    async def _refused(self, refusal: Refused) -> None:
        if refusal.code == "phone_used":
            holder = await self.shell.store.ask(FindMember(number=self._value("phone")), CardMember)
            if isinstance(holder, CardMember):
                dialog = ConfirmMember(holder.member, why=lambda: refusal.explanation)
                if await self.app.push_screen_wait(dialog):
                    self.dismiss(holder.member.member_id)
                    return
        self.say(refusal.explanation, "error", bell=True)
        self._mark(refusal.field or "")

    async def _issue(self, member_id: MemberId) -> None:
        if self._card is None:
            return
        kind, number = self._card
        request = IssueCard(member_id=member_id, card_kind=kind, number=number)
        answer = await self.shell.order(request, Cards)
        if isinstance(answer, Refused):
            self.card_trouble = answer.explanation

    card_trouble = ""
    """Why the card was not bound although the member is registered; the counter says it."""

    def _made(self, birthday: str) -> RegisterMember:
        extras = [
            ExtraValue(field=field.field, value=extra_of(field, value))
            for number, field in enumerate(self._extras)
            if (value := self._value(f"extra-{number}"))
        ]
        texts = ("name", "phone", "referrer", "email", "address", "occupation", "income_band")
        return RegisterMember(
            gender=gender_code(self._value("gender")),
            birthday=birthday,
            skin_condition=self._value("skin_condition"),
            note=self._value("note"),
            tags=tuple(dict.fromkeys(tag[:30] for tag in self._value("tags").split()))[:50],
            extras=tuple(extras),
            **{name: self._value(name) for name in texts},
        )

    def _birthday(self) -> str | None:
        text = self._value("birthday")
        birthday = birthday_of(text)
        if birthday is None:
            words = _("“{text}” is no birthday. Write it like 0517, 05-17, 19900517 or 1990-05-17.")
            self.say(words.format(text=text), "error", bell=True)
            self._mark("birthday")
        return birthday

    # --- the entries ------------------------------------------------------------------------------

    def _entry(self, name: str) -> Entry:
        return self.query_one(f"#{name}", Entry)

    def _value(self, name: str) -> str:
        return self._entry(name).value.strip()

    def _seen(self, entry: Entry) -> bool:
        return all(above.display for above in entry.ancestors_with_self if isinstance(above, Widget))

    def _mark(self, field: str) -> None:
        """Go to the field that a refusal is about, on whichever page it is."""
        if field.startswith("extra:"):
            names = [extra.field for extra in self._extras]
            field = f"extra-{names.index(field[6:])}" if field[6:] in names else ""
        for entry in self.query(Entry):
            if entry.id == field:
                page = next(above for above in entry.ancestors if above.id in ("page-1", "page-2"))
                self._turn_to(page)  # type: ignore[arg-type]
                entry.ask_again()

    def _turn_to(self, page: Widget) -> None:
        for each in self.query(".page"):
            each.display = each is page
        self.set_focus(page.query(Entry).first())
