"""The store's settings: each with its sentence, each checked before it is stored."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from protocol.identifiers import CommandId, SessionToken, TerminalName, new_id
from protocol.messages.base import Answer, Command, Fact, Header, Refused, Request
from protocol.messages.operators import SignedOn, SignOn
from protocol.messages.store import (
    ChangeSetting,
    ListSettings,
    RevokeTerminal,
    SettingChanged,
    Settings,
    TerminalRevoked,
)
from protocol.registry import WIRE_NAMES
from store_server.bootstrap import make_dispatcher, open_books
from store_server.database.unit_of_work import Work
from store_server.dispatcher import Books, Dispatcher
from store_server.operators import tables as operators
from store_server.store import tables

OFFICE = TerminalName("office")
A = TypeVar("A", bound=Answer)


@dataclass
class Shop:
    """A store in memory with its manager signed on."""

    books: Books
    dispatcher: Dispatcher
    session: SessionToken | None = None
    facts: list[Fact] = field(default_factory=list)

    def ask(self, request: Request, expected: type[A], id_: str = "") -> A:
        header = Header(
            id=CommandId(id_ or new_id()), name=WIRE_NAMES[type(request)], sender=OFFICE, session=self.session
        )
        outcome = self.dispatcher.handle(self.books, header, request)
        self.facts += outcome.facts
        assert isinstance(outcome.answer, expected), outcome.answer
        return outcome.answer


@pytest.fixture
def shop() -> Iterator[Shop]:
    books = open_books(":memory:")
    dispatcher = make_dispatcher()
    dispatcher.act(books, OFFICE, lambda work: operators.insert(work, "9", "Wang", "manager", "9753", None))
    shop = Shop(books, dispatcher)
    shop.session = shop.ask(SignOn(code="9", pin="9753"), SignedOn).session
    yield shop
    books.db.close()


def value_of(settings: Settings, name: str) -> str:
    [found] = [each for each in settings.settings if each.setting == name]
    return found.value


def test_every_setting_has_a_sentence_that_says_what_it_does(shop: Shop) -> None:
    for setting in shop.ask(ListSettings(), Settings).settings:
        assert setting.explanation.endswith("."), setting.setting


def test_a_setting_counts_from_the_next_command_on_and_is_in_the_journal(shop: Shop) -> None:
    changed = shop.ask(ChangeSetting(setting="store_name", value=" Corner Shop "), Settings)
    assert value_of(changed, "store_name") == "Corner Shop"
    assert shop.books.settings.store_name == "Corner Shop"
    assert shop.facts[-1] == SettingChanged(setting="store_name", old="Guitai", new="Corner Shop")
    [(body,)] = shop.books.db.execute("SELECT body FROM journal WHERE name = 'store.SettingChanged'")
    assert "Corner Shop" in body


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("currency", "Yuan"),
        ("time_zone", "Mars/Olympus"),
        ("language", "fr"),
        ("day_rollover", "25:00"),
        ("line_limit", "many"),
        ("pin_length", "2"),
        ("store_code", "lower"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_with_the_sentence_and_nothing_changes(
    shop: Shop, setting: str, value: str
) -> None:
    before = shop.ask(ListSettings(), Settings)
    refused = shop.ask(ChangeSetting(setting=setting, value=value), Refused)
    assert refused.code == "bad_value"
    assert value in refused.explanation
    assert shop.ask(ListSettings(), Settings) == before


def test_a_setting_that_does_not_exist_is_refused_by_its_name(shop: Shop) -> None:
    refused = shop.ask(ChangeSetting(setting="colour", value="red"), Refused)
    assert "colour" in refused.explanation


def test_the_same_command_id_changes_once_and_answers_twice(shop: Shop) -> None:
    change: Command = ChangeSetting(setting="store_name", value="A")
    first = shop.ask(change, Settings, "one-id")
    shop.ask(ChangeSetting(setting="store_name", value="B"), Settings)
    assert shop.ask(change, Settings, "one-id") == first
    assert shop.books.settings.store_name == "B"


def test_a_terminal_that_is_revoked_stays_in_the_list_and_the_journal_knows(shop: Shop) -> None:
    def pair(work: Work) -> None:
        tables.add_terminal(work, TerminalName("lane-2"), "k" * 40)

    shop.dispatcher.act(shop.books, OFFICE, pair)
    shop.ask(RevokeTerminal(terminal=TerminalName("lane-2")), Answer)
    assert shop.facts[-1] == TerminalRevoked(terminal=TerminalName("lane-2"))
    [row] = tables.terminals(shop.books.db)
    assert row["revoked"] == 1


def test_a_terminal_that_was_never_paired_cannot_be_revoked(shop: Shop) -> None:
    refused = shop.ask(RevokeTerminal(terminal=TerminalName("lane-7")), Refused)
    assert "lane-7" in refused.explanation
