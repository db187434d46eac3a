"""Every word that people see is there in Chinese too, and says the same things."""

import re
from pathlib import Path

import polib
import pytest
from babel.messages.extract import extract_from_dir

from protocol.language import LANGUAGES

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("protocol", "store_server", "device_daemon", "terminal_app", "head_office", "guitai")
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
PLACEHOLDER = re.compile(r"\{[^}]*\}")


def words_in_code() -> dict[str | tuple[str, str], str]:
    """Return every text that the programs look up, with the place where it stands."""
    found: dict[str | tuple[str, str], str] = {}
    for package in PACKAGES:
        for name, line, message, _comments, _context in extract_from_dir(
            str(ROOT / package), method_map=[("**.py", "python")], keywords=KEYWORDS
        ):
            found[message] = f"{package}/{name}:{line}"
    return found


def translations(language: str) -> dict[str | tuple[str, str], list[str]]:
    """Return what the .po files have: the text, or both texts of a plural, to the translations."""
    table: dict[str | tuple[str, str], list[str]] = {}
    for package in PACKAGES:
        for path in (ROOT / package / "locale" / language).glob("*.po"):
            for entry in polib.pofile(str(path), encoding="utf-8"):
                if entry.msgid_plural:
                    table[entry.msgid, entry.msgid_plural] = [
                        entry.msgstr_plural[i] for i in entry.msgstr_plural
                    ]
                elif entry.msgid:
                    table[entry.msgid] = [entry.msgstr]
    return table


OTHERS = [language for language in LANGUAGES if language != "en"]


@pytest.mark.parametrize("language", OTHERS)
def test_no_word_is_missing(language: str) -> None:
    known = translations(language)
    missing = [
        f"{place}: {text!r}"
        for text, place in words_in_code().items()
        if not known.get(text) or not all(known[text])
    ]
    assert not missing, f"{len(missing)} texts without {language}:\n" + "\n".join(sorted(missing))


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_names_the_same_things_as_the_text(language: str) -> None:
    wrong = []
    for text, forms in translations(language).items():
        texts = text if isinstance(text, tuple) else (text,)
        wanted = set(PLACEHOLDER.findall(texts[-1]))
        wrong += [f"{text!r} → {form!r}" for form in forms if set(PLACEHOLDER.findall(form)) - wanted]
        if not isinstance(text, tuple):
            wrong += [f"{text!r} → {form!r}" for form in forms if wanted - set(PLACEHOLDER.findall(form))]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", OTHERS)
def test_no_translation_is_left_over(language: str) -> None:
    left = sorted(str(text) for text in translations(language).keys() - words_in_code().keys())
    assert not left, f"{len(left)} translations of texts that nobody says any more:\n" + "\n".join(left)


@pytest.mark.parametrize("language", OTHERS)
def test_a_text_has_one_translation_wherever_it_stands(language: str) -> None:
    """All files are read into one table: two translations of a text would take turns."""
    found: dict[str, set[str]] = {}
    for package in PACKAGES:
        for path in (ROOT / package / "locale" / language).glob("*.po"):
            for entry in polib.pofile(str(path), encoding="utf-8"):
                if entry.msgid and not entry.msgid_plural:
                    found.setdefault(entry.msgid, set()).add(entry.msgstr)
    assert not {text: forms for text, forms in found.items() if len(forms) > 1}
