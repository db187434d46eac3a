"""What is wrong with a message, in words: which field, and what is expected there. Never the value itself."""

from pydantic import ValidationError

from protocol.language import N_, _

_EXPECTED = {
    "missing": N_("it is missing"),
    "string_type": N_("a text is expected"),
    "string_too_short": N_("at least {min_length} characters are expected"),
    "string_too_long": N_("at most {max_length} characters are expected"),
    "string_pattern_mismatch": N_("a text of the form {pattern} is expected"),
    "int_type": N_("a whole number is expected, without quotes and without a point"),
    "int_from_float": N_("a whole number is expected, without quotes and without a point"),
    "int_parsing_size": N_("the number is too large"),
    "bool_type": N_("true or false is expected"),
    "none_required": N_("null is expected"),
    "greater_than": N_("a number over {gt} is expected"),
    "greater_than_equal": N_("a number of at least {ge} is expected"),
    "less_than": N_("a number under {lt} is expected"),
    "less_than_equal": N_("a number of at most {le} is expected"),
    "enum": N_("one of these is expected: {expected}"),
    "literal_error": N_("one of these is expected: {expected}"),
    "union_tag_invalid": N_("one of these kinds is expected: {expected_tags}"),
    "union_tag_not_found": N_("the kind is missing"),
    "list_type": N_("a list is expected"),
    "tuple_type": N_("a list is expected"),
    "too_short": N_("at least {min_length} entries are expected"),
    "too_long": N_("at most {max_length} entries are expected"),
    "dict_type": N_("an object is expected"),
    "model_type": N_("an object is expected"),
    "date_from_datetime_parsing": N_("a date is expected: 2026-11-21"),
    "date_parsing": N_("a date is expected: 2026-11-21"),
    "date_type": N_("a date is expected: 2026-11-21"),
    "datetime_parsing": N_("a time is expected: 2026-11-21T09:30:00Z"),
    "datetime_from_date_parsing": N_("a time is expected: 2026-11-21T09:30:00Z"),
    "datetime_type": N_("a time is expected: 2026-11-21T09:30:00Z"),
    "timezone_aware": N_("a time with its zone is expected: 2026-11-21T09:30:00Z"),
}
"""What is expected, by pydantic's name of the error; the braces are filled from the error's context."""

MAX_FIELD_CHARACTERS = 200


def wrong_field(error: ValidationError) -> tuple[str | None, str]:
    """Return the field that is wrong (`lines.2.price_minor`; None for the whole) and a sentence about it."""
    first = error.errors(include_url=False, include_input=False)[0]
    if first["type"] == "json_invalid":
        return None, _("The message is not valid JSON.")
    field = ".".join(str(part) for part in first["loc"])[:MAX_FIELD_CHARACTERS]
    known = _EXPECTED.get(first["type"])
    if known is None:
        # A rule that a message's own validator states: its words are all there is.
        expected = str(first["msg"])
    else:
        expected = _(known).format(**first.get("ctx", {}))
    if not field:
        return None, _("The message is wrong: {expected}.").format(expected=expected)
    return field, _("The field “{field}” is wrong: {expected}.").format(field=field, expected=expected)
