"""The templates of receipts and slips: look at one, change one."""

from dataclasses import replace
from typing import Any

from protocol.language import _, speaking
from protocol.messages.base import Answer, Refused
from protocol.messages.store import GetTemplate, SaveTemplate, TemplateChanged, TemplateText
from protocol.receipt import Document
from store_server.database.unit_of_work import Work
from store_server.receipts import tables
from store_server.receipts.samples import bare, sample
from store_server.receipts.tables import Form
from store_server.receipts.templates import TEMPLATES, TemplateWrong, fill


def _unknown(template: str) -> Refused:
    text = _("There is no template {template}. There are: {known}.")
    words = text.format(template=template, known=", ".join(TEMPLATES))
    return Refused(code="no_such_template", field="template", explanation=words)


def _preview(form: Form) -> Document:
    """Return what the template prints for a sample. Raises TemplateWrong."""
    with speaking(form.language):
        values = sample(form)
        title = _("Sample")
        elements = fill(form.text, values)
        fill(form.text, bare(values))
    return Document(title=title, elements=elements)


def _wrong(error: TemplateWrong) -> Refused:
    return Refused(code="bad_template", field="text", explanation=error.sentence())


def get_template(work: Work, query: GetTemplate) -> Answer:
    """A template, or a draft of one, with a preview."""
    if query.template not in TEMPLATES:
        return _unknown(query.template)
    form = tables.present_form(work, query.template)
    if query.draft is not None:
        form = replace(form, text=query.draft)
    try:
        return TemplateText(template=query.template, text=form.text, preview=_preview(form))
    except TemplateWrong as error:
        return _wrong(error)


def save_template(work: Work, command: SaveTemplate) -> Answer:
    """Change a template; one that does not work for the sample is refused with line and reason."""
    if command.template not in TEMPLATES:
        return _unknown(command.template)
    text = command.text if command.text.strip() else ""
    tables.save_template(work, command.template, text)
    form = tables.present_form(work, command.template)
    try:
        preview = _preview(form)
    except TemplateWrong as error:
        return _wrong(error)
    work.record(TemplateChanged(template=command.template))
    return TemplateText(template=command.template, text=form.text, preview=preview)


HANDLERS: dict[type[Any], Any] = {
    GetTemplate: get_template,
    SaveTemplate: save_template,
}
