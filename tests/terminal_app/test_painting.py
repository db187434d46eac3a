"""What is painted at once lies under nothing."""

from pathlib import Path

from till_at_work import COLA, counter

from terminal_app.checkout.screen import CheckoutScreen
from terminal_app.members.find import FindDialog
from terminal_app.widgets.boards_update import BoardsUpdate


async def test_a_counter_under_a_dialog_never_paints_over_it(tmp_path: Path) -> None:
    async with counter(tmp_path) as till:
        await till.sign_on()
        painted: list[object] = []
        display = till.app._display

        def watched(screen: object, update: object) -> None:
            painted.append(update)
            display(screen, update)  # type: ignore[arg-type]

        till.app._display = watched  # type: ignore[assignment, method-assign]
        await till.scan(COLA)
        assert any(isinstance(update, BoardsUpdate) for update in painted)
        await till.press("f6")
        assert isinstance(till.app.screen, FindDialog)
        painted.clear()
        below = till.app.screen_stack[-2]
        assert isinstance(below, CheckoutScreen)
        till.app.till.line = None
        below.redraw()
        await till.rest()
        assert not any(isinstance(update, BoardsUpdate) for update in painted)
