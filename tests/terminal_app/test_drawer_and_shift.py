"""Shift, drawer, slips, training, lock: what frames a cashier's day."""

from pathlib import Path

from till_at_work import COLA, counter

from protocol.messages import operators, sales, shifts, store
from terminal_app.screens.lock import LockScreen
from terminal_app.screens.sign_on import SignOnScreen


async def test_a_shift_is_opened_with_a_counted_float(tmp_path: Path) -> None:
    async with counter(tmp_path, shift=False) as till:
        await till.sign_on()
        assert "No shift open" in till.screen_text
        await till.press("ctrl+s")
        await till.until(lambda: "Open shift" in till.screen_text)
        await till.press("down")
        await till.type("1")
        await till.press("enter", "enter")
        await till.type("5")
        assert "Together ¥200.00" in till.screen_text
        await till.press("f10")
        await till.until(lambda: "Shift 3 is open." in till.notice)
        [request] = till.world.shop.of(shifts.OpenShift)
        assert [(c.value_minor, c.count) for c in request.counts if c.count] == [(10000, 1), (2000, 5)]


async def test_the_suggested_float_is_taken_with_enter(tmp_path: Path) -> None:
    async with counter(tmp_path, shift=False) as till:
        await till.sign_on()
        await till.press("ctrl+s")
        await till.until(lambda: "Open shift" in till.screen_text)
        await till.press("enter")
        await till.until(lambda: "Shift 3 is open." in till.notice)
        [request] = till.world.shop.of(shifts.OpenShift)
        assert (request.float_minor, request.counts) == (20000, ())


async def test_a_sale_without_a_shift_is_refused_in_words(tmp_path: Path) -> None:
    async with counter(tmp_path, shift=False) as till:
        await till.sign_on()
        await till.scan(COLA)
        assert till.notice == "No shift is open at this lane. Open one first."


async def test_the_count_is_blind_and_the_difference_is_shown_after_it(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.press("ctrl+s")
        await till.until(lambda: "Count the drawer" in till.screen_text)
        assert "expected" not in till.screen_text
        await till.type("1")
        await till.press("f10")
        await till.until(lambda: "100.00 is missing" in till.screen_text)
        await till.press("enter")
        assert till.notice == "The difference is large. Write a reason."
        await till.type("lent")
        await till.press("enter", "enter", "enter")
        await till.until(lambda: "Shift 3 is closed" in till.notice)
        [request] = till.world.shop.of(shifts.CloseShift)
        assert request.reason == "lent"
        assert any(document.title == "Z slip" for document in till.world.lane.printed.values())


async def test_a_shift_with_a_basket_is_not_closed(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        await till.press("ctrl+s")
        assert "Finish, park or cancel it first" in till.notice


async def test_cash_out_wants_an_amount_a_reason_and_an_approval(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await till.press("ctrl+u")
        await till.type("50")
        await till.press("enter")
        await till.type("window cleaner")
        await till.press("enter")
        await till.until(lambda: bool(till.world.lane.printed))
        [request] = till.world.shop.of(shifts.MoveCash)
        assert (request.direction, request.amount_minor, request.reason) == ("out", 5000, "window cleaner")
        assert len(till.world.lane.opened) == 1


async def test_the_drawer_opens_without_a_sale_only_after_it_is_recorded(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on("9", "9999")
        await till.press("ctrl+o")
        await till.type("change")
        await till.press("enter")
        await till.until(lambda: len(till.world.lane.opened) == 1)
        assert till.world.shop.of(shifts.OpenDrawerWithoutSale)[0].reason == "change"


async def test_training_is_on_every_request_and_in_words_on_the_screen(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.press("ctrl+t", "enter")
        await till.until(lambda: "TRAINING: nothing counts" in till.screen_text)
        assert till.world.shop.training
        assert len(till.world.shop.of(store.BeginTraining)) == 1
        await till.press("ctrl+t")
        await till.until(lambda: "TRAINING" not in till.screen_text)
        assert not till.world.shop.training


async def test_training_does_not_begin_with_a_basket(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        await till.press("ctrl+t")
        assert "Finish, park or cancel" in till.notice
        assert not till.world.shop.training


async def test_a_locked_terminal_shows_no_basket_and_keeps_it(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        await till.press("ctrl+l")
        assert isinstance(till.app.screen, LockScreen)
        assert "可口可乐" not in till.screen_text
        await till.press("escape")
        assert isinstance(till.app.screen, LockScreen)
        await till.type("0000")
        await till.press("enter")
        assert till.notice == "The PIN is wrong."
        await till.type("1234")
        await till.press("enter")
        await till.until(lambda: not isinstance(till.app.screen, LockScreen))
        assert till.lines == [(COLA, 1000)]


async def test_an_idle_terminal_locks_itself(tmp_path: Path) -> None:
    async with counter(tmp_path, idle_lock_minutes=1) as till:
        await till.sign_on()
        till.app.lock_when_idle(till.app.last_used_s + 59)
        assert not isinstance(till.app.screen, LockScreen)
        till.app.lock_when_idle(till.app.last_used_s + 61)
        await till.rest()
        assert isinstance(till.app.screen, LockScreen)


async def test_a_wrong_pin_is_refused_and_a_staff_card_replaces_the_code(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.type("7")
        await till.press("enter")
        await till.type("0000")
        await till.press("enter")
        assert till.notice == "Code or PIN is wrong."
        till.world.card("04A1B2C3D4E5F6")
        await till.rest()
        assert till.notice == "Card …E5F6: now the PIN."
        await till.type("1234")
        await till.press("enter")
        await till.until(lambda: not isinstance(till.app.screen, SignOnScreen))
        assert till.world.shop.of(operators.SignOn)[-1].card == "04A1B2C3D4E5F6"


async def test_signing_off_leaves_the_basket_to_the_next_cashier(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        await till.press("ctrl+f")
        await till.until(lambda: isinstance(till.app.screen, SignOnScreen))
        assert till.world.shop.session is None
        await till.sign_on("9", "9999")
        assert till.lines == [(COLA, 1000)]


async def test_a_bug_costs_a_sentence_and_not_the_basket(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        till.app.survives_errors = True

        async def broken() -> sales.SaleDone:
            raise ZeroDivisionError("a bug")

        till.app.till.finish = broken  # type: ignore[method-assign]
        await till.type("10")
        await till.press("f9")
        await till.until(lambda: "Something went wrong in this program" in till.notice)
        assert till.app.is_running
        assert till.lines == [(COLA, 1000)]
