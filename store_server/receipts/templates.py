"""Fills a template: Jinja2 in its sandbox, then the markup, into a document (no clock, no database)."""

import logging
import re
import traceback
from collections.abc import Mapping
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from protocol.language import _, speaking
from protocol.receipt import Align, Document, Element, TextLine
from store_server.receipts import markup
from store_server.receipts.markup import MarkupError
from store_server.receipts.words import words

log = logging.getLogger(__name__)

TEMPLATES = ("receipt", "x_slip", "z_slip", "day_slip", "cash_slip", "points_slip", "refund_slip")
"""Every template that a store has."""

MAX_FILLED = 1_000_000
"""Characters that a filled template may have; more is a loop that went wrong."""

_DEFAULTS = Path(__file__).parent / "defaults"


class TemplateWrong(Exception):
    """A template that does not work: where, and why, in words."""

    def __init__(self, line: int | None, reason: str) -> None:
        super().__init__(reason)
        self.line = line
        self.reason = reason

    def sentence(self) -> str:
        """Return the sentence for the person who edits."""
        if self.line is None:
            return _("The template does not work: {reason}").format(reason=self.reason)
        return _("Line {line} of the template: {reason}").format(line=self.line, reason=self.reason)


def _finalize(value: object) -> object:
    return value if isinstance(value, Undefined) else markup.as_value(str(value))


class _Slips(ImmutableSandboxedEnvironment):
    """The sandbox, with a short way to the values that this program itself hands in.

    A receipt reads some fifty of them; the sandbox's own look-up costs a third of its time.
    """

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return a key of our own values, or what the sandbox allows of anything else."""
        own = obj if type(obj) is dict else obj.__dict__ if type(obj) is SimpleNamespace else None
        if own is not None and attribute in own:
            return own[attribute]
        return super().getattr(obj, attribute)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    return _Slips(
        undefined=StrictUndefined,
        finalize=_finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
    )


@cache
def default_text(template: str) -> str:
    """Return the template that the product ships."""
    return (_DEFAULTS / f"{template}.j2").read_text("utf-8")


@lru_cache(maxsize=64)
def _compiled(text: str) -> Template:
    return _environment().from_string(text)


def prepare(text: str, language: str) -> None:
    """Compile a template and read its language before they are needed: 30 ms for the first customer."""
    with speaking(language):
        words()
    with suppress(TemplateError):  # what is wrong with it is told when it is filled
        _compiled(text)


def _source_line(error: Exception) -> int | None:
    lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == "<template>"]
    return lines[-1] if lines else None


def _fill(text: str, values: Mapping[str, Any], *, cut: bool) -> str:
    parts: list[str] = []
    size = 0
    for part in _compiled(text).generate({**values, "words": words()}):
        parts.append(part)
        size += len(part)
        if size > MAX_FILLED:
            if cut:
                break
            raise TemplateWrong(None, _("It prints without an end."))
    return "".join(parts)


def fill(text: str, values: Mapping[str, Any], *, cut: bool = False) -> tuple[Element, ...]:
    """Return the elements that the template makes of the values. Raises TemplateWrong.

    With `cut`, paper that would be too long is cut and says so.
    """
    try:
        markup.check_source(text)
        return markup.parse(_fill(text, values, cut=cut), cut=cut)
    except MarkupError as error:
        raise TemplateWrong(error.line, error.reason) from error
    except TemplateSyntaxError as error:
        raise TemplateWrong(error.lineno, str(error.message)) from error
    except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError) as error:
        # What Python says of a wrong expression in the sandbox; anything else would be our own bug.
        raise TemplateWrong(_source_line(error), re.sub(r"^'dict object'", "this", str(error))) from error


def _mark(text: str) -> TextLine:
    return TextLine(text=text, align=Align.CENTRE, bold=True, height=2)


def make_document(
    template: str, text: str, values: Mapping[str, Any], title: str, marks: tuple[str, ...] = ()
) -> Document:
    """Return the document; a template of the store that fails is replaced by the shipped one and logged.

    A sale never fails because of its paper. `marks` (copy, training) stand outside the template, at the top
    and at the end, so that no template can leave them out.
    """
    try:
        elements = fill(text, values)
    except TemplateWrong as error:
        log.error("template %s failed, the default is used: %s", template, error.sentence())
        elements = fill(default_text(template), values, cut=True)
    edge = tuple(_mark(mark) for mark in marks)
    return Document(title=title[:200], elements=(*edge, *elements, *edge))
