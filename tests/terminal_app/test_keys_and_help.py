"""The registry of actions: bindings, help, key bar and remapped keys are the same truth."""

from pathlib import Path

import pytest
from till_at_work import COLA, counter

from terminal_app.actions import ACTIONS, FIXED_KEYS, at_place, key_words
from terminal_app.checkout.screen import CheckoutScreen
from terminal_app.checkout.search import SearchDialog
from terminal_app.keymap import read_keymap
from terminal_app.shell import ShellApp


def test_every_action_of_the_counter_has_its_method() -> None:
    for action in at_place("checkout", "lane"):
        assert hasattr(CheckoutScreen, f"do_{action.verb}"), action.name
    for action in at_place("shell"):
        assert hasattr(ShellApp, f"do_{action.verb}"), action.name


def test_no_key_means_two_things_at_the_counter() -> None:
    keys = [key for action in at_place("checkout", "lane", "shell") for key in action.key.split(",")]
    assert len(keys) == len(set(keys))
    assert not set(keys) & FIXED_KEYS


def test_no_key_is_one_that_a_terminal_cannot_send() -> None:
    swallowed = {"ctrl+i", "ctrl+m", "ctrl+j", "ctrl+h", "ctrl+c", "ctrl+z"}
    assert not {action.key for action in at_place("checkout", "lane", "shell")} & swallowed


def test_keys_are_written_as_they_stand_on_the_keyboard() -> None:
    assert [key_words(key) for key in ("f2", "ctrl+r", "delete", "f10,ctrl+p")] == [
        "F2",
        "Ctrl+R",
        "Del",
        "F10",
    ]


def test_a_missing_keymap_moves_nothing(tmp_path: Path) -> None:
    assert read_keymap(tmp_path / "keymap.toml").keys == {}


def test_a_keymap_moves_keys_as_table_or_as_dotted_names(tmp_path: Path) -> None:
    path = tmp_path / "keymap.toml"
    path.write_text('[checkout]\nsearch = "insert"\n["shell"]\nlock = "Ctrl+Z"\n')
    keymap = read_keymap(path)
    assert keymap.mistakes == ()
    assert keymap.keys == {"checkout.search": "insert", "shell.lock": "ctrl+z"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('checkout.serch = "f2"', "there is no action “checkout.serch”"),
        ('checkout.search = "a"', "“a” for checkout.search is no key"),
        ("checkout.search = 5", "“5” for checkout.search is no key"),
        ('checkout.search = "escape"', "Esc means the same everywhere"),
        ('checkout.search = "f1"', "F1 is wanted for checkout.search and for shell.help"),
        ("checkout.search = ", "cannot be read"),
    ],
)
def test_a_mistake_in_the_keymap_is_a_sentence_and_costs_one_key(
    tmp_path: Path, text: str, words: str
) -> None:
    path = tmp_path / "keymap.toml"
    path.write_text(text + "\n")
    keymap = read_keymap(path)
    assert words in keymap.mistakes[0]
    assert keymap.keys == {}


def test_two_keys_can_be_swapped(tmp_path: Path) -> None:
    path = tmp_path / "keymap.toml"
    path.write_text('checkout.search = "f3"\ncheckout.quantity = "f2"\n')
    keymap = read_keymap(path)
    assert keymap.mistakes == ()
    assert keymap.keys == {"checkout.search": "f3", "checkout.quantity": "f2"}


async def test_a_moved_key_works_is_shown_and_its_old_key_does_nothing(tmp_path: Path) -> None:
    (tmp_path / "keymap.toml").write_text('checkout.search = "insert"\n')
    async with counter(tmp_path) as till:
        await till.sign_on()
        assert "Ins Search" in till.screen_text
        await till.press("f2")
        assert isinstance(till.app.screen, CheckoutScreen)
        await till.press("insert")
        assert isinstance(till.app.screen, SearchDialog)
        await till.press("escape", "f1")
        assert "was F2" in till.screen_text


async def test_a_mistake_in_the_keymap_is_told_at_the_start(tmp_path: Path) -> None:
    (tmp_path / "keymap.toml").write_text('checkout.serch = "f2"\n')
    async with counter(tmp_path) as till:
        assert "there is no action “checkout.serch”" in till.notice


async def test_the_help_names_every_action_of_the_counter(tmp_path: Path) -> None:
    async with counter(tmp_path, size=(120, 80)) as till:
        await till.sign_on()
        await till.press("f1")
        await till.rest()
        for action in at_place("checkout", "lane", "shell"):
            assert action.label in till.screen_text


async def test_the_command_list_runs_what_is_chosen(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.press("f11")
        await till.type("searc")
        await till.press("enter")
        await till.until(lambda: isinstance(till.app.screen, SearchDialog))


async def test_the_language_changes_everything_on_the_screen_at_once(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        english = till.screen_text
        await till.press("ctrl+g")
        await till.rest()
        chinese = till.screen_text
        assert "TOTAL" in english
        assert "TOTAL" not in chinese
        assert "Search" not in chinese
        assert "合计" in chinese
        assert till.world.shop.language == "zh_CN"
        await till.press("ctrl+g")
        await till.rest()
        assert till.screen_text == english


async def test_the_colours_change_and_the_words_stay(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        words = till.screen_text
        await till.press("ctrl+k")
        await till.rest()
        assert till.app.theme == "guitai-light"
        assert till.screen_text == words


def test_names_of_actions_are_places_and_verbs() -> None:
    assert all(action.place and action.verb for action in ACTIONS.values())
