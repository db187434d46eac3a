"""Rules of extra fields (扩展属性): their types, and what a value must look like."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from protocol.language import _

_NUMBER = re.compile(r"-?\d{1,12}(\.\d{1,6})?")
YES_NO = {
    "yes": "yes",
    "no": "no",
    "是": "yes",
    "否": "no",
    "1": "yes",
    "0": "no",
    "true": "yes",
    "false": "no",
}


@dataclass(frozen=True, slots=True)
class ExtraField:
    """An extra field as the store defined it."""

    field: str
    type: str
    """`text`, `number`, `date`, `yes_no` or `choice`."""
    choices: tuple[str, ...] = ()
    required: bool = False
    category_id: int | None = None
    """None: for all goods; fields of members have none."""

    def belongs_to(self, ancestors: Sequence[int]) -> bool:
        """Return whether goods have it whose category, or one above it, is among the ancestors."""
        return self.category_id is None or self.category_id in ancestors


def stored_value(field: ExtraField, value: str) -> str:
    """Return the value in the form in which it is kept; one that does not fit stays as it is."""
    value = value.strip()
    return YES_NO.get(value.lower(), value) if field.type == "yes_no" else value


def value_problem(field: ExtraField, value: str) -> str | None:
    """Return what is wrong with a stored value, in words; None when it fits the field's type."""
    match field.type:
        case "number" if not _NUMBER.fullmatch(value):
            return _("{field} is a number, such as 12 or 0.5; this is not: {value}").format(
                field=field.field, value=value
            )
        case "date" if not _is_date(value):
            return _("{field} is a date, such as 2026-11-21; this is not: {value}").format(
                field=field.field, value=value
            )
        case "yes_no" if value not in ("yes", "no"):
            return _("{field} is yes or no; this is neither: {value}").format(field=field.field, value=value)
        case "choice" if value not in field.choices:
            return _("{field} is one of {choices}; this is not: {value}").format(
                field=field.field, choices=", ".join(field.choices), value=value
            )
        case _:
            return None


def _is_date(value: str) -> bool:
    try:
        return len(value) == 10 and date.fromisoformat(value) is not None
    except ValueError:
        return False
