"""Scans while the store does not answer: none is lost, all come in order, the cashier sees them."""

from pathlib import Path

from till_at_work import CANDY, COLA, CRISPS, WATER, counter

from protocol.messages import devices, sales, store


async def test_scans_wait_in_order_while_the_store_is_away(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        till.world.shop.peer(False)
        await till.scan(COLA, WATER, CRISPS)
        assert "3 scans waiting" in till.screen_text
        assert "Store server away since" in till.screen_text
        till.world.shop.peer(True)
        await till.until(lambda: len(till.lines) == 3)
        assert [code for code, _quantity in till.lines] == [COLA, WATER, CRISPS]
        assert "waiting" not in till.screen_text


async def test_a_lost_answer_is_asked_again_with_the_same_id_and_sold_once(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        till.world.shop.away = True
        await till.scan(COLA)
        till.world.shop.away = False
        await till.until(lambda: till.lines == [(COLA, 1000)])
        adds = [c for c in till.world.shop.carried_out if isinstance(c, sales.AddItem)]
        assert len(adds) == 1
        assert len(till.world.shop.of(sales.AddItem)) >= 2


async def test_no_money_is_taken_while_scans_wait(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        till.world.shop.peer(False)
        await till.scan(WATER)
        await till.press("f9")
        assert "still waiting" in till.notice


async def test_a_scan_heard_twice_is_sold_once_and_missed_ones_are_fetched(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        await till.scan(COLA)
        missed = devices.BarcodeScanned.model_validate(
            {
                "number": 2,
                "device": "scanner-1",
                "data": WATER,
                "claimed_by": "lane-1",
                "at": till.world.clock(),
            }
        )
        till.world.lane.inputs = [missed]
        till.app.device_gap(False)
        await till.until(lambda: len(till.lines) == 2)
        till.app.device_gap(False)
        await till.rest()
        till.world.tell(missed)
        await till.rest()
        assert [code for code, _quantity in till.lines] == [COLA, WATER]


async def test_a_scan_for_another_terminal_is_left_alone(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        till.world.tell(
            devices.BarcodeScanned.model_validate(
                {"number": 1, "device": "s", "data": COLA, "claimed_by": "lane-2", "at": till.world.clock()}
            )
        )
        await till.rest()
        assert till.lines == []


async def test_a_wedge_scanner_that_types_into_a_dialog_is_a_scan(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        for character in CANDY:
            await till.app.on_event(_key(character))
        await till.app.on_event(_key("enter"))
        await till.until(lambda: till.lines == [(CANDY, 1000)])
        assert till.app.screen.query_one("#typed").text == ""


async def test_the_basket_is_there_again_after_a_restart(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        world = till.world
        await till.sign_on()
        await till.scan(COLA)
    async with counter(tmp_path, world=world) as till:
        await till.sign_on()
        assert till.lines == [(COLA, 1000)]


async def test_device_states_are_on_the_status_line_and_reported_to_the_store(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        view = till.world.lane.views["printer-1"].model_copy(update={"state": devices.DeviceState.REC_EMPTY})
        till.world.tell(devices.DeviceChanged(device=view, words={"en": "No paper. Put in a new roll."}))
        await till.rest()
        assert "✗ Printer: no paper" in till.screen_text
        report = till.world.shop.of(store.ReportLane)[-1]
        assert [d.words for d in report.devices if d.name == "printer-1"] == ["No paper. Put in a new roll."]


def _key(name: str):  # type: ignore[no-untyped-def]
    from textual.events import Key  # noqa: PLC0415

    return Key(name, name if len(name) == 1 else "\r")
