"""The words that people see: every one goes through `_` or `ngettext`, here looked up by language.

The English text is the key. Each program keeps its translations beside its code, in
`<package>/locale/<language>/*.po`; they are read as they are, so no compiled copy can go stale.
The language is a context variable with a default for the process: a server answers each request in the
language of the one who asked, a terminal switches for its whole screen at run time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

LANGUAGES = {"en": "English", "zh_CN": "中文"}
"""Language codes with their names in their own words."""

_PACKAGES = ("protocol", "store_server", "device_daemon", "terminal_app", "head_office", "guitai")
_ROOT = Path(__file__).resolve().parent.parent

_process_language = "en"
_language: ContextVar[str | None] = ContextVar("language", default=None)

Plural = tuple[str, ...]


@cache
def _catalogue(language: str) -> tuple[dict[str, str], dict[tuple[str, str], Plural]]:
    """Return every program's translations of one language: singular by text, plural by both texts."""
    import polib  # noqa: PLC0415  # 15 ms that an English process never pays

    singular: dict[str, str] = {}
    plural: dict[tuple[str, str], Plural] = {}
    for package in _PACKAGES:
        for path in sorted((_ROOT / package / "locale" / language).glob("*.po")):
            for entry in polib.pofile(str(path), encoding="utf-8"):
                if entry.msgid_plural:
                    forms = entry.msgstr_plural
                    plural[entry.msgid, entry.msgid_plural] = tuple(forms[i] for i in sorted(forms))
                elif entry.msgstr:
                    singular[entry.msgid] = entry.msgstr
    return singular, plural


def current_language() -> str:
    """Return the language of this context, or the process's."""
    return _language.get() or _process_language


def set_process_language(language: str) -> None:
    """Make `language` the default of this process. Raises ValueError for a language that is not shipped."""
    global _process_language
    if language not in LANGUAGES:
        raise ValueError(f"no such language: {language!r}; there are: {', '.join(LANGUAGES)}")
    _process_language = language


@contextmanager
def speaking(language: str | None) -> Iterator[None]:
    """Speak `language` inside the block; an unknown one or None leaves the process's language."""
    token = _language.set(language if language in LANGUAGES else None)
    try:
        yield
    finally:
        _language.reset(token)


def _(text: str) -> str:
    """Return the text in the current language; a text without a translation stays English."""
    language = current_language()
    return text if language == "en" else _catalogue(language)[0].get(text, text)


def ngettext(one: str, many: str, count: int) -> str:
    """Return the form for the count in the current language. Chinese has one form for all counts."""
    language = current_language()
    if language != "en":
        forms = _catalogue(language)[1].get((one, many))
        if forms:
            return forms[0]
    return one if count == 1 else many


def N_(text: str) -> str:  # noqa: N802  # gettext's own name for "translate later"
    """Mark a text for translation that is looked up later by `_`."""
    return text
