"""Cards on the screen of one member: given, lost, replaced, frozen, taken back, and asked about."""

from pathlib import Path

from member_desk import LIS_CARD, NEW_CARD, OLD_CARD
from member_open import member_open
from till_at_work import COLA

from protocol.messages import cards
from terminal_app.members.cards_dialog import CardDialog
from terminal_app.members.cards_history import CardHistory


async def test_a_card_presented_for_a_new_card_is_bound_at_once(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        await at.till.press("f2")
        assert isinstance(at.till.app.screen, CardDialog)
        at.till.world.card(NEW_CARD)
        await at.till.until(lambda: f"The card {NEW_CARD} is bound to 张晓明" in at.till.notice)
        [request] = at.desk.of(cards.IssueCard)
        assert (request.card_kind, request.random_uid) == (cards.CardKind.CONTACTLESS, False)


async def test_a_typed_number_is_of_the_chosen_kind(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        await at.till.press("f2", "up")
        await at.till.type("88001234")
        await at.till.press("enter")
        await at.till.until(lambda: "88001234 is bound" in at.till.notice)
        [request] = at.desk.of(cards.IssueCard)
        assert request.card_kind == cards.CardKind.EM


async def test_a_scanned_card_is_a_barcode(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        await at.till.press("f2")
        await at.till.scan("2900000000123")
        await at.till.until(lambda: "2900000000123 is bound" in at.till.notice)
        [request] = at.desk.of(cards.IssueCard)
        assert request.card_kind == cards.CardKind.BARCODE


async def test_somebody_elses_card_is_refused_with_their_name_and_the_dialog_stays(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        await at.till.press("f2")
        at.till.world.card(LIS_CARD)
        await at.till.until(lambda: "belongs to 李丽" in at.till.notice)
        assert isinstance(at.till.app.screen, CardDialog)
        assert LIS_CARD in at.till.screen_text


async def test_a_phone_at_the_reader_is_refused_in_words(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        await at.till.press("f2")
        await at.phone_at_the_reader()
        await at.till.until(lambda: "another number each time" in at.till.notice)
        [request] = at.desk.of(cards.IssueCard)
        assert request.random_uid


async def test_anybody_reports_a_card_lost_after_a_question(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        await at.till.press("f3")
        await at.till.until(lambda: f"Report the card {OLD_CARD} of 张晓明 lost?" in at.till.screen_text)
        await at.till.press("escape")
        assert at.state == "active"
        await at.till.press("f3", "enter")
        await at.till.until(lambda: at.state == "lost")
        assert "is reported lost" in at.till.notice


async def test_a_lost_card_that_was_found_needs_an_identity_check_and_an_approval(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        await at.till.press("f3", "enter", "ctrl+r", "enter")
        assert at.till.notice == "Write why, for the books."
        await at.till.type("ID seen")
        await at.till.press("enter")
        await at.approve()
        await at.till.until(lambda: at.state == "active")
        [request] = at.desk.of(cards.CardWasFound)[-1:]
        assert request.identity_check == "ID seen"


async def test_a_card_is_replaced_only_after_an_identity_check(tmp_path: Path) -> None:
    async with member_open(tmp_path, code="9", pin="9999") as at:
        await at.till.press("f4")
        at.till.world.card(NEW_CARD)
        await at.till.rest()
        assert "First say how the person was identified" in at.till.notice
        assert not at.desk.of(cards.ReplaceCard)
        await at.till.type("ID card")
        at.till.world.card(NEW_CARD)
        await at.till.until(lambda: "is bound" in at.till.notice)
        [request] = at.desk.of(cards.ReplaceCard)
        assert (request.number, request.identity_check) == (NEW_CARD, "ID card")
        assert "replaced" in at.till.screen_text


async def test_a_card_is_frozen_and_works_again_each_with_a_reason(tmp_path: Path) -> None:
    async with member_open(tmp_path, code="9", pin="9999") as at:
        for reason, state in (("debts", "frozen"), ("paid", "active")):
            await at.till.press("ctrl+e")
            await at.till.type(reason)
            await at.till.press("enter")
            await at.till.until(lambda state=state: at.state == state)  # type: ignore[misc]
        assert [request.reason for request in at.desk.of(cards.UnfreezeCard)] == ["paid"]


async def test_a_card_is_taken_back_and_its_history_tells_it_all(tmp_path: Path) -> None:
    async with member_open(tmp_path, code="9", pin="9999") as at:
        await at.till.press("delete")
        await at.till.type("moves away")
        await at.till.press("enter")
        await at.till.until(lambda: at.state == "returned")
        await at.till.press("ctrl+w")
        assert isinstance(at.till.app.screen, CardHistory)
        assert "taken back" in at.till.screen_text
        assert "moves away · 张三" in at.till.screen_text


async def test_a_presented_card_says_whose_it_is(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        at.till.world.card(LIS_CARD)
        await at.till.until(lambda: "This card belongs to 李丽, member 00000007." in at.till.notice)
        at.till.world.card(OLD_CARD)
        await at.till.until(lambda: "who is shown here" in at.till.notice)


async def test_a_lost_card_that_turns_up_is_chosen_and_refused_in_words(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        await at.till.press("f3", "enter")
        await at.till.until(lambda: at.state == "lost")
        await at.till.press("f2")
        at.till.world.card(NEW_CARD)
        await at.till.until(lambda: "is bound" in at.till.notice)
        at.till.world.card(OLD_CARD)
        await at.till.until(lambda: "was reported lost" in at.till.notice)
        chosen = at.screen.chosen_card()
        assert chosen is not None
        assert chosen.number == OLD_CARD


async def test_an_unknown_card_is_bound_after_a_question(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        at.till.world.card(NEW_CARD)
        await at.till.until(
            lambda: f"Nobody has the card {NEW_CARD}. Bind it to 张晓明?" in at.till.screen_text
        )
        assert not at.desk.of(cards.IssueCard)
        await at.till.press("enter")
        await at.till.until(lambda: "is bound to 张晓明" in at.till.notice)


async def test_a_card_on_the_bench_is_asked_for_too(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        await at.till.press("f12")
        at.till.world.card(NEW_CARD)
        await at.till.until(lambda: "Bind it to 张晓明?" in at.till.screen_text)
        await at.till.press("enter", "escape")
        await at.till.until(lambda: "is bound to 张晓明" in at.till.notice)


async def test_scanned_goods_are_no_card(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        await at.till.scan(COLA)
        await at.till.until(lambda: "names no member" in at.till.notice)
        assert not at.desk.of(cards.IssueCard)
