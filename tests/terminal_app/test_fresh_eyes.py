"""What a newcomer meets: what to do next, sentences that can be read whole, keys that came too early."""

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fake_world import FakeWorld
from rich.color import Color, ColorSystem
from textual import events
from till_at_work import COLA, counter

import terminal_app
from protocol.language import set_process_language
from store_server.settings import StoreSettings
from terminal_app.checkout.guide import Guide
from terminal_app.checkout.screen import CheckoutScreen
from terminal_app.checkout.tender import TenderScreen
from terminal_app.console.setting_titles import TITLES
from terminal_app.screens.lock import LockScreen
from terminal_app.screens.sign_on import SignOnScreen
from terminal_app.settings import TerminalSettings
from terminal_app.theme import THEMES
from terminal_app.widgets.cells import cell_len
from terminal_app.widgets.field import Entry
from terminal_app.widgets.notice import NoticeLine

WECHAT = "134567890123456789"


async def test_without_a_shift_the_empty_basket_says_which_key_opens_it(tmp_path: Path) -> None:
    async with counter(tmp_path, shift=False) as till:
        await till.sign_on()
        assert "No shift is open: press Ctrl+S to open it" in till.screen_text
        await till.press("ctrl+s")
        await till.until(lambda: "Open shift" in till.screen_text)
        await till.press("enter")
        await till.until(lambda: "Scan the first item" in till.screen_text)


async def test_a_moved_key_is_named_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "keymap.toml").write_text('[checkout]\nshift = "ctrl+z"\n')
    async with counter(tmp_path, shift=False) as till:
        await till.sign_on()
        assert "press Ctrl+Z to open it" in till.screen_text


async def test_a_demonstration_shop_leads_through_the_first_sale(tmp_path: Path) -> None:
    async with counter(tmp_path, shift=False, hint="Cashier: operator 7") as till:
        await till.sign_on()
        assert "First sale 1/4 ▸ Open the shift: Ctrl+S" in till.screen_text
        await till.press("ctrl+s", "enter")
        await till.until(lambda: "First sale 2/4 ▸ F12" in till.screen_text)
        await till.scan(COLA)
        await till.until(lambda: "First sale 3/4 ▸ Take the money: type 5 and press F9" in till.screen_text)
        await till.type("5")
        await till.press("f9")
        await till.until(lambda: "First sale 4/4 ▸ Sold." in till.screen_text)


async def test_a_real_shop_has_no_guide(tmp_path: Path) -> None:
    async with counter(tmp_path, shift=False) as till:
        await till.sign_on()
        assert "First sale" not in till.screen_text


@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_every_step_of_the_guide_fits_the_smallest_window(tmp_path: Path, language: str) -> None:
    async with counter(tmp_path, shift=False, hint="!", language=language) as till:
        await till.sign_on()
        screen = till.app.screen
        assert isinstance(screen, CheckoutScreen)
        guide = Guide(till.app.till, dict)
        texts = []
        for _step in range(4):
            texts.append(guide.step()[1])
            match len(texts):
                case 1:
                    till.world.shop.open_shift()
                    await till.app.till.ask_shift()
                case 2:
                    await till.scan(COLA)
                    await till.until(lambda: till.app.till.basket is not None)
                case 3:
                    await till.app.till.add_tender("cash", 100000)
                    await till.app.till.finish()
        assert len(set(texts)) == 4
        set_process_language(language)
        assert all(cell_len(" First sale 1/4 ▸ " + text) <= 80 for text in texts), texts


async def test_the_clock_is_that_of_the_shop(tmp_path: Path) -> None:
    world = FakeWorld()
    now = datetime(2026, 11, 21, 22, 5, tzinfo=UTC)
    async with counter(tmp_path, world=world) as till:
        till.app.clock = lambda: now
        await till.sign_on()
        till.app.store.zone = ZoneInfo("Asia/Shanghai")
        screen = till.app.screen
        assert isinstance(screen, CheckoutScreen)
        screen._tick()
        await till.rest()
        assert "06:05" in till.screen_text


async def test_the_time_zone_comes_with_the_greeting_and_a_strange_one_changes_nothing(
    tmp_path: Path,
) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        greeting = till.app.till.greeting
        assert greeting is not None
        store = till.app.store
        store.learn(greeting.model_copy(update={"time_zone": "Asia/Shanghai"}))
        assert store.zone == ZoneInfo("Asia/Shanghai")
        store.learn(greeting.model_copy(update={"time_zone": "Moon/Base"}))
        assert store.zone == ZoneInfo("Asia/Shanghai")


async def test_a_long_sentence_can_be_read_whole_in_the_smallest_window(tmp_path: Path) -> None:
    words = " ".join(f"word{number}" for number in range(30)) + " end."
    async with counter(tmp_path) as till:
        await till.sign_on()
        till.app.tell(words, "error")
        await till.until(lambda: "end." in till.screen_text)
        assert all(f"word{number}" in till.screen_text for number in range(30))
        till.app.tell("Short.")
        await till.until(lambda: till.app.screen.query_one(NoticeLine).size.height == 2)


async def test_enter_typed_before_the_program_was_there_counts(tmp_path: Path) -> None:
    """The line discipline hands an early Enter on as a line feed."""
    async with counter(tmp_path) as till:
        for character in "7\n1234\n":
            key = "ctrl+j" if character == "\n" else character
            till.app.post_message(events.Key(key, character))
        await till.until(lambda: isinstance(till.app.screen, CheckoutScreen))


async def test_enter_without_a_pin_goes_back_to_the_code(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.type("8")
        await till.press("enter", "enter")
        code = till.app.screen.query_one("#code", Entry)
        assert code.has_focus
        await till.type("7")  # replaces what was chosen
        assert code.value == "7"


async def test_a_locked_till_can_be_taken_over_by_somebody_else(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        await till.press("f10")
        await till.until(lambda: isinstance(till.app.screen, TenderScreen))
        till.app.do_lock()
        await till.until(lambda: isinstance(till.app.screen, LockScreen))
        await till.until(lambda: "Ctrl+F: somebody else signs on" in till.screen_text)
        await till.press("ctrl+f")
        await till.until(lambda: isinstance(till.app.screen, SignOnScreen))
        assert len(till.app.screen_stack) == 2
        await till.sign_on("9", "9999")
        await till.until(lambda: till.lines == [(COLA, 1000)])


async def test_a_typed_pay_code_is_a_mobile_payment_whatever_was_chosen(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        await till.press("f10")
        await till.until(lambda: isinstance(till.app.screen, TenderScreen))
        await till.press("down")  # the bank card
        till.app.screen.query_one("#reference", Entry).value = WECHAT
        await till.press("enter")
        await till.until(lambda: till.app.till.done is not None)
        done = till.app.till.done
        assert done is not None
        assert [(tender.tender, tender.reference) for tender in done.basket.tenders] == [
            ("mobile", "WeChat 6789")
        ]


async def test_a_wrong_value_is_chosen_so_that_typing_replaces_it(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await till.scan(COLA)
        await till.press("f4")
        await till.type("abc")
        await till.press("enter")
        assert till.notice == "“abc” is no amount. Write it like 12.50."
        await till.type("2")
        await till.press("enter")
        assert till.app.screen.query_one("#asked-0", Entry).value == "2"
        await till.type("old")
        await till.press("enter")
        await till.until(lambda: till.app.till.basket is not None and till.app.till.basket.total_minor == 200)


async def test_too_large_a_quantity_is_told_its_limit(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.type("99999999*")
        assert till.notice == "A quantity is more than 0 and at most 9999.999."


async def test_the_clock_stays_in_sight_while_practising(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        greeting = till.app.till.greeting
        assert greeting is not None
        till.app.till.greeting = greeting.model_copy(update={"store_name": "A shop with quite a long name"})
        till.app.store.training = True
        screen = till.app.screen
        assert isinstance(screen, CheckoutScreen)
        screen.redraw()
        await till.rest()
        head = till.screen_text.splitlines()[0]
        assert "TRAINING" in head
        assert head.rstrip()[-3] == ":"


async def test_the_paper_on_the_bench_is_not_cut_in_the_smallest_window(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.press("f12")
        assert till.app.screen.query_one("#paper").size.width >= 48


def test_each_setting_of_a_store_has_a_title() -> None:
    assert set(StoreSettings.model_fields) - set(TITLES) == set()


def test_the_endpoints_as_delivered_are_those_of_an_installation() -> None:
    settings = TerminalSettings()
    assert settings.store_endpoint == "ipc:///var/lib/guitai/store/run/requests"
    assert settings.device_endpoint == "ipc:///var/lib/guitai/lanes/1/run/requests"


async def test_a_refused_close_of_the_shift_costs_no_second_count(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.press("ctrl+s")
        await till.until(lambda: "Count the drawer" in till.screen_text)
        await till.press("f10")
        await till.until(lambda: "Handed over to" in till.screen_text)
        await till.type("lent")
        await till.press("enter")
        await till.type("77")
        await till.press("enter", "enter")
        await till.until(lambda: till.notice == "No operator 77.")
        await till.until(lambda: till.app.screen.query_one("#asked-1", Entry).has_focus)
        await till.type("9")
        await till.press("enter", "enter")
        await till.until(lambda: "Shift 3 is closed" in till.notice)


def test_no_word_of_the_screens_has_two_translations() -> None:
    """All files of a language are read as one: the later of two translations would stand everywhere."""
    root = Path(terminal_app.__file__).parents[1]
    found: dict[str, set[str]] = {}
    for path in [*root.glob("terminal_app/locale/zh_CN/*.po"), *root.glob("protocol/locale/zh_CN/*.po")]:
        for entry in re.finditer(r'^msgid "(.+)"\nmsgstr "(.*)"$', path.read_text("utf-8"), re.MULTILINE):
            found.setdefault(entry[1], set()).add(entry[2])
    assert {text: words for text, words in found.items() if len(words) > 1} == {}


@pytest.mark.parametrize("variant", ["dark", "light"])
def test_the_colours_keep_their_meaning_on_a_console_with_256_of_them(variant: str) -> None:
    """Grounds stay grey there, and the chosen line stands out from them."""
    theme = THEMES[variant]

    def shown(colour: str | None) -> tuple[int, int, int]:
        return tuple(Color.parse(colour or "").downgrade(ColorSystem.EIGHT_BIT).get_truecolor())  # type: ignore[return-value]

    for ground in (theme.background, theme.surface, theme.panel):
        assert len(set(shown(ground))) == 1
    grounds = {shown(ground) for ground in (theme.background, theme.surface, theme.panel)}
    assert shown(theme.variables["picked"]) not in grounds
    assert shown(theme.variables["quiet"]) not in grounds
