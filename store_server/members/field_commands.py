"""What is asked about the extra fields of members."""

from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.catalogue import ExtraFields, ExtraFieldView
from protocol.messages.members import ListMemberFields, SaveMemberField
from store_server.database.unit_of_work import Work
from store_server.extras import ExtraField, value_problem
from store_server.members import tables


def list_member_fields(work: Work, query: ListMemberFields) -> Answer:
    """All extra fields of members."""
    return _fields(work)


def _fields(work: Work) -> ExtraFields:
    return ExtraFields(
        fields=tuple(
            ExtraFieldView(field=each.field, type=each.type, choices=each.choices, required=each.required)
            for each in tables.extra_fields(work.db).values()
        )
    )


def save_member_field(work: Work, command: SaveMemberField) -> Answer:
    """Add or change an extra field; values that do not fit refuse the change."""
    name = command.extra.field.strip()
    choices = tuple(dict.fromkeys(each.strip() for each in command.extra.choices if each.strip()))
    view = command.extra.model_copy(update={"field": name, "choices": choices})
    if not name or len(name) > 40 or not name.isprintable() or set(name) & {":", ";"}:
        text = _("An extra field has a name of 1 to 40 characters, without : and ;.")
        return Refused(code="bad_name", field="field", explanation=text)
    if view.type == "choice" and not choices:
        text = _("A field with a choice needs something to choose from.")
        return Refused(code="no_choices", field="choices", explanation=text)
    if view.category_id is not None:
        text = _("Fields of members belong to no category of goods.")
        return Refused(code="no_such_category", field="category_id", explanation=text)
    field = ExtraField(name, view.type, choices, view.required)
    for value, number in tables.values_of_field(work.db, name):
        wrong = value_problem(field, value)
        if wrong is not None:
            text = _("Member {number} has a value that would not fit: {problem}")
            words = text.format(number=number, problem=wrong)
            return Refused(code="values_do_not_fit", field="type", explanation=words)
    tables.save_extra_field(work.db, view)
    tables.count_change(work.db)
    return _fields(work)


HANDLERS = {ListMemberFields: list_member_fields, SaveMemberField: save_member_field}
