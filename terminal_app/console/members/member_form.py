"""The form of a member without a screen: its fields, and the way between them and the messages."""

import re
from collections.abc import Mapping, Sequence

from protocol.language import N_, _
from protocol.messages.catalogue import ExtraFieldView, ExtraValue
from protocol.messages.members import ChangeMember, MemberView, TagMember
from terminal_app.console.form_fields import Field, Kind, Value
from terminal_app.console.form_view import Heading
from terminal_app.console.members.profile_words import GENDERS
from terminal_app.console.product_form import EXTRA, extra_fields

_BIRTHDAY = re.compile(r"([0-9]{4}-)?[0-9]{2}-[0-9]{2}")
_OPEN = ("name", "pinyin", "gender", "note")
"""What may be changed without a look at the full profile."""
_PERSONAL = ("phone", "birthday", "email", "address", "occupation", "income_band", "skin_condition")


def birthday_mistake(text: str) -> str:
    """Return a sentence for what is no birthday, or an empty one."""
    if _BIRTHDAY.fullmatch(text):
        return ""
    return _("There is no such day. Write a birthday as 1990-05-17, or as 05-17 without the year.")


def member_fields(hidden: bool, extras: Sequence[ExtraFieldView]) -> list[Field | Heading]:
    """Return the fields; without the full profile only what is not personal."""
    name = Field("name", N_("Member name"), required=True)
    pinyin = Field("pinyin", N_("Pinyin"), hint=N_("Made from the name when left empty"))
    gender = Field("gender", N_("Gender"), Kind.CHOICE, choices=tuple((k, _(v)) for k, v in GENDERS.items()))
    note = Field("note", N_("Note to the cashier"), hint=N_("Shown beside the sale."), most=4000)
    if hidden:
        return [name, pinyin, gender, note]
    own: list[Field | Heading] = [*extra_fields(extras, (), "")]
    if own:
        own.insert(0, Heading(N_("The shop's own fields")))
    return [
        name,
        Field("phone", N_("Phone"), hint=N_("Unique among active members"), most=30),
        pinyin,
        gender,
        Field("birthday", N_("Birthday"), hint=N_("1990-05-17, or 05-17"), check=birthday_mistake),
        note,
        Heading(N_("Personal data")),
        Field("email", N_("E-mail"), most=100),
        Field("address", N_("Address"), most=4000),
        Field("occupation", N_("Occupation")),
        Field("income_band", N_("Income band")),
        Field("skin_condition", N_("Skin condition")),
        *own,
    ]


def member_values(member: MemberView) -> dict[str, Value]:
    """Return what stands in the form for a member."""
    values: dict[str, Value] = {name: getattr(member, name) for name in (*_OPEN, *_PERSONAL)}
    for extra in member.extras:
        values[EXTRA + extra.field] = extra.value
    return values


def change_request(
    before: Mapping[str, str], after: Mapping[str, str], values: Mapping[str, Value], member: MemberView
) -> ChangeMember | None:
    """Return the command for the fields that differ; None: nothing was changed.

    `before` and `after` are the texts of the form, so that what nobody touched is never sent.
    """
    changed = [key for key in after if after[key].strip() != before.get(key, "").strip()]
    if not changed:
        return None
    fields: dict[str, object] = {
        key: "" if values[key] is None else values[key] for key in changed if not key.startswith(EXTRA)
    }
    if any(key.startswith(EXTRA) for key in changed):
        fields["extras"] = _extras(values, member)
    return ChangeMember.model_validate({"member_id": member.member_id, "version": member.version, **fields})


def _extras(values: Mapping[str, Value], member: MemberView) -> tuple[ExtraValue, ...]:
    """Return all values of the shop's own fields; those that have no field any more stay."""
    shown = {key.removeprefix(EXTRA): value for key, value in values.items() if key.startswith(EXTRA)}
    kept = [extra for extra in member.extras if extra.field not in shown]
    written = [(field, _text(value)) for field, value in shown.items()]
    return (*kept, *(ExtraValue(field=field, value=text) for field, text in written if text))


def _text(value: Value) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case _:
            return str(value)


def split_tags(text: str) -> tuple[str, ...]:
    """Return the tags of a line, with whatever separates them on a Chinese or an English keyboard."""
    return tuple(dict.fromkeys(tag.strip() for tag in re.split(r"[,，;；、]", text) if tag.strip()))


def tag_request(member: MemberView, text: str) -> TagMember | None:
    """Return the command that makes the member's tags those of the line; None: they are."""
    wanted = split_tags(text)
    add = tuple(tag for tag in wanted if tag not in member.tags)
    remove = tuple(tag for tag in member.tags if tag not in wanted)
    if not add and not remove:
        return None
    return TagMember(member_id=member.member_id, add=add, remove=remove)


def tags_mistake(text: str) -> str:
    """Return a sentence for tags that are too long, or an empty one."""
    for tag in split_tags(text):
        if len(tag) > 30:
            return _("A tag has at most 30 characters: {tag}").format(tag=tag)
    return ""
