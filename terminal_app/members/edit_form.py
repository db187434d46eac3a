"""The form with what is known of a member: as much as was seen, and the way between it and the messages."""

from collections.abc import Mapping
from datetime import UTC, tzinfo

from protocol.identifiers import MemberId
from protocol.language import N_, _
from protocol.messages.catalogue import ExtraFieldView, ExtraValue
from protocol.messages.members import ChangeMember, MemberView
from terminal_app.console.form_dialog import FormDialog
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.members.member_screen_face import GENDERS
from terminal_app.members.register_entries import birthday_of

EXTRA = "extra:"
_SEEN_ALONE = ("email", "address", "occupation", "income_band", "skin_condition")
"""What is in the form after a look at the full profile only: empty would mean to remove it."""
_KINDS = {
    "text": Kind.TEXT,
    "number": Kind.NUMBER,
    "date": Kind.DATE,
    "yes_no": Kind.YES_NO,
    "choice": Kind.CHOICE,
}


class MemberForm(FormDialog):
    """The form, in the time zone of the store."""

    CSS_PATH = "edit_form.tcss"

    @property
    def zone(self) -> tzinfo:
        """The store's time zone."""
        return self.shell.store.zone or UTC


def fields(member: MemberView, extras: tuple[ExtraFieldView, ...]) -> list[Field]:
    """Return the fields for what was seen of the member; hidden values are not asked for, only new ones."""
    genders = tuple((code, _(words)) for code, words in GENDERS.items())
    hidden = member.hidden
    shown = [
        Field("name", N_("Member's name"), required=True, most=200),
        Field("phone", _("Phone"), hint=member.phone if hidden else "", own_words=True, most=24),
        Field("gender", N_("Gender"), Kind.CHOICE, choices=genders, required=True),
        Field("birthday", N_("Birthday"), hint=_birthday_hint(member), check=_no_birthday, most=11),
        Field("note", N_("Note to the cashier"), most=4000),
    ]
    if hidden:
        return shown
    personal = [
        Field("email", N_("E-mail"), most=200),
        Field("address", N_("Address"), most=4000),
        Field("occupation", N_("Occupation"), most=200),
        Field("income_band", N_("Income band"), most=200),
        Field("skin_condition", N_("Skin condition"), most=200),
    ]
    return [*shown[:-1], *personal, *(_extra(extra) for extra in extras), shown[-1]]


def _birthday_hint(member: MemberView) -> str:
    return member.birthday if member.hidden and member.birthday else N_("0517 or 19900517")


def _no_birthday(text: str) -> str:
    if birthday_of(text) is not None:
        return ""
    return _("“{text}” is no birthday. Write 0517 or 19900517.").format(text=text)


def _extra(extra: ExtraFieldView) -> Field:
    return Field(
        EXTRA + extra.field,
        extra.field,
        _KINDS[extra.type],
        required=extra.required,
        choices=tuple((choice, choice) for choice in extra.choices),
        most=4000,
        own_words=True,
    )


def start_values(member: MemberView) -> dict[str, Value]:
    """Return what stands in the fields at the beginning."""
    values: dict[str, Value] = {"name": member.name, "gender": member.gender, "note": member.note}
    if not member.hidden:
        values |= {key: getattr(member, key) for key in ("phone", "birthday", *_SEEN_ALONE)}
        for extra in member.extras:
            yes_no = extra.value in ("yes", "no")
            values[EXTRA + extra.field] = extra.value == "yes" if yes_no else extra.value
    return values


def change(
    member_id: MemberId, member: MemberView, extras: tuple[ExtraFieldView, ...], values: Mapping[str, Value]
) -> ChangeMember:
    """Return the order to change what differs; an empty field that was never filled in changes nothing."""
    new = {key: str(value or "") for key, value in values.items() if not key.startswith(EXTRA)}
    new["birthday"] = birthday_of(new["birthday"]) or ""
    old = {key: str(value or "") for key, value in start_values(member).items()}
    changed = {key: text for key, text in new.items() if text != old.get(key, "")}
    request = ChangeMember.model_validate({"member_id": member_id, "version": member.version, **changed})
    if member.hidden:
        return request
    kept = [extra for extra in member.extras if extra.field not in {field.field for field in extras}]
    had = {extra.field for extra in member.extras}
    given = [
        ExtraValue(field=field.field, value=_text(value))
        for field in extras
        if (value := values.get(EXTRA + field.field)) or field.field in had  # a No was not said before
    ]
    after = tuple(extra for extra in (*kept, *given) if extra.value)
    unchanged = {e.field: e.value for e in after} == {e.field: e.value for e in member.extras}
    return request if unchanged else request.model_copy(update={"extras": after})


def _text(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)
