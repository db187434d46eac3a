"""What is asked about categories, extra fields and the patterns of in-store barcodes."""

from protocol.language import _
from protocol.messages.base import Answer, Done, Refused
from protocol.messages.catalogue import (
    BarcodePatterns,
    BarcodePatternsChanged,
    Categories,
    CategoryChanged,
    CategorySaved,
    DeleteCategory,
    ExtraFieldChanged,
    ExtraFields,
    ExtraFieldView,
    ListBarcodePatterns,
    ListCategories,
    ListExtraFields,
    SaveBarcodePatterns,
    SaveCategory,
    SaveExtraField,
)
from store_server.catalogue import shelves, tables, taxes
from store_server.catalogue.barcodes import pattern_problem
from store_server.database.unit_of_work import Work
from store_server.extras import ExtraField, value_problem


def list_categories(work: Work, query: ListCategories) -> Answer:
    """The tree."""
    return Categories(categories=shelves.all_categories(work.db))


def import_running(work: Work) -> Refused | None:
    """Refuse a change of goods while an import is applied: it may still be taken back."""
    if not tables.running_import(work.db):
        return None
    text = _("A list of products is being imported; it takes a moment. Save again when it is done.")
    return Refused(code="import_running", explanation=text)


def _bad_category(work: Work, command: SaveCategory, name: str) -> Refused | None:
    if not name or len(name) > 60 or set(name) & {"›", ">"} or not name.isprintable():
        text = _("A category has a name of 1 to 60 characters, without › and >.")
        return Refused(code="bad_name", field="name", explanation=text)
    above = shelves.ancestors(work.db, command.parent_id)
    own = shelves.ancestors(work.db, command.category_id)
    if (command.parent_id is not None and not above) or (command.category_id is not None and not own):
        return Refused(code="no_such_category", field="parent_id", explanation=shelves.no_such_category())
    if command.category_id is not None and command.category_id in above:
        text = _("A category cannot be put below itself.")
        return Refused(code="circle", field="parent_id", explanation=text)
    below = 1 if command.category_id is None else shelves.depth_below(work.db, command.category_id)
    if len(above) + below > shelves.DEPTH_MOST:
        text = _("The tree has at most {most} levels.").format(most=shelves.DEPTH_MOST)
        return Refused(code="too_deep", field="parent_id", explanation=text)
    other = shelves.child(work.db, command.parent_id, name)
    if other is not None and other != command.category_id:
        text = _("There is a category {name} in this place already.").format(name=name)
        return Refused(code="name_used", field="name", explanation=text)
    return None


def save_category(work: Work, command: SaveCategory) -> Answer:
    """Add, rename or move a category."""
    name = command.name.strip()
    refused = (
        import_running(work)
        or _bad_category(work, command, name)
        or taxes.unknown_rate(work.db, command.tax or None)
    )
    if refused:
        return refused
    category_id = command.category_id
    if category_id is None:
        category_id = shelves.insert_category(work.db, name, command.parent_id)
    else:
        shelves.update_category(work.db, category_id, name, command.parent_id)
    if command.tax is not None:
        shelves.set_category_tax(work.db, category_id, command.tax or None)
    tables.count_change(work.db)
    changed = CategoryChanged(category_id=category_id, name=name, parent_id=command.parent_id, removed=False)
    work.record(changed)
    saved = next(each for each in shelves.all_categories(work.db) if each.category_id == category_id)
    return CategorySaved(category=saved)


def delete_category(work: Work, command: DeleteCategory) -> Answer:
    """Remove a category that nothing belongs to."""
    if refused := import_running(work):
        return refused
    if not shelves.ancestors(work.db, command.category_id):
        return Refused(code="no_such_category", explanation=shelves.no_such_category())
    if shelves.is_used(work.db, command.category_id):
        text = _("The category has goods, categories or extra fields. Move them elsewhere first.")
        return Refused(code="not_empty", explanation=text)
    gone = next(each for each in shelves.all_categories(work.db) if each.category_id == command.category_id)
    shelves.delete_category(work.db, command.category_id)
    tables.count_change(work.db)
    work.record(
        CategoryChanged(category_id=gone.category_id, name=gone.name, parent_id=gone.parent_id, removed=True)
    )
    return Done()


def list_extra_fields(work: Work, query: ListExtraFields) -> Answer:
    """All extra fields."""
    return ExtraFields(
        fields=tuple(
            ExtraFieldView(
                field=each.field,
                category_id=each.category_id,  # type: ignore[arg-type]  # a plain int from the table
                type=each.type,
                choices=each.choices,
                required=each.required,
            )
            for each in shelves.extra_fields(work.db).values()
        )
    )


def save_extra_field(work: Work, command: SaveExtraField) -> Answer:
    """Add or change an extra field; values that do not fit refuse the change."""
    if refused := import_running(work):
        return refused
    name = command.extra.field.strip()
    choices = tuple(dict.fromkeys(each.strip() for each in command.extra.choices if each.strip()))
    view = command.extra.model_copy(update={"field": name, "choices": choices})
    if not name or len(name) > 40 or not name.isprintable() or set(name) & {":", ";"}:
        text = _("An extra field has a name of 1 to 40 characters, without : and ;.")
        return Refused(code="bad_name", field="field", explanation=text)
    if view.type == "choice" and not choices:
        text = _("A field with a choice needs something to choose from.")
        return Refused(code="no_choices", field="choices", explanation=text)
    if view.category_id is not None and not shelves.ancestors(work.db, view.category_id):
        return Refused(code="no_such_category", field="category_id", explanation=shelves.no_such_category())
    field = ExtraField(name, view.type, choices, view.required, view.category_id)
    for value, code in shelves.values_of_field(work.db, name):
        wrong = value_problem(field, value)
        if wrong is not None:
            text = _("The product {code} has a value that would not fit: {problem}")
            return Refused(
                code="values_do_not_fit", field="type", explanation=text.format(code=code, problem=wrong)
            )
    shelves.save_extra_field(work.db, view)
    tables.count_change(work.db)
    work.record(ExtraFieldChanged(extra=view))
    return Done()


def list_barcode_patterns(work: Work, query: ListBarcodePatterns) -> Answer:
    """The table of in-store barcode patterns."""
    return BarcodePatterns(patterns=shelves.barcode_patterns(work.db))


def save_barcode_patterns(work: Work, command: SaveBarcodePatterns) -> Answer:
    """Replace the table of in-store barcode patterns."""
    seen: set[str] = set()
    for each in command.patterns:
        text = _pattern_words(pattern_problem(each.pattern), each.pattern in seen)
        if text is not None:
            words = text.format(pattern=each.pattern)
            return Refused(code="bad_pattern", field="patterns", explanation=words)
        seen.add(each.pattern)
    shelves.replace_barcode_patterns(work.db, command.patterns)
    work.record(BarcodePatternsChanged(patterns=command.patterns))
    return Done()


def _pattern_words(problem: str | None, twice: bool) -> str | None:
    match problem:
        case "fixed":
            return _("{pattern} has to begin with two fixed digits at least, such as 21.")
        case "item":
            return _("{pattern} needs one item code: a row of the letter I.")
        case "value":
            return _("{pattern} needs one weight (W) or one price (P) of 2 to 7 digits.")
        case "check":
            return _("{pattern}: the check digit C stands last, and the code has 8, 12, 13 or 14 digits.")
        case "inner":
            return _("{pattern}: the inner check V is there once, for a value of four or five digits.")
        case _:
            return _("{pattern} is there twice.") if twice else None


HANDLERS = {
    ListCategories: list_categories,
    SaveCategory: save_category,
    DeleteCategory: delete_category,
    ListExtraFields: list_extra_fields,
    SaveExtraField: save_extra_field,
    ListBarcodePatterns: list_barcode_patterns,
    SaveBarcodePatterns: save_barcode_patterns,
}
