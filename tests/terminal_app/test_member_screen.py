"""The screen of one member: who it is, points, gifts, cash, and the profile."""

from pathlib import Path

from member_desk import MEMBER, OLD_CARD, WHOLE_PHONE, MemberWorld
from member_open import member_open
from till_at_work import counter

from protocol.messages import members, points
from terminal_app.actions import FIXED_KEYS, at_place
from terminal_app.checkout.screen import CheckoutScreen
from terminal_app.members.edit_form import MemberForm
from terminal_app.members.gifts_dialog import GiftsDialog
from terminal_app.members.member_screen import MemberScreen


def test_every_key_of_the_member_has_its_method_and_means_one_thing() -> None:
    actions = at_place("member", "lane", "shell")
    for action in at_place("member"):
        assert hasattr(MemberScreen, f"do_{action.verb}"), action.name
    keys = [action.key for action in actions]
    assert len(keys) == len(set(keys))
    assert not set(keys) & {"ctrl+i", "ctrl+m", "ctrl+j", "ctrl+h", "ctrl+c", "ctrl+z", "f6", *FIXED_KEYS}


# --- what is shown --------------------------------------------------------------------------------


async def test_a_wide_window_shows_who_it_is_and_cards_and_points_side_by_side(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        for words in (
            "张晓明",
            "00000012",
            "138****5678",
            "Gold",
            "2027-11-20",
            "2,400 more to Platinum",
            "400 more to keep Gold",
            "in 4 days",
            "茶友",
            "对花生过敏",
            "37",
            "9 days ago",
            "¥333.65 a visit",
            "可口可乐 330ml × 12",
            "spends much, comes often",
            OLD_CARD,
            "valid",
            "1,200  worth ¥12.00",
            "until 2026-12-31             300  ██████████ ",
            "never end                    900  ██████████████████████████████",
            "Shopping · S1-1-0000",
        ):
            assert words in at.till.screen_text, words


async def test_a_narrow_window_shows_one_part_at_a_time_and_tab_the_next(tmp_path: Path) -> None:
    async with member_open(tmp_path, size=(80, 24)) as at:
        text = at.till.screen_text
        assert "2,400 more to Platinum" in text
        assert OLD_CARD not in text
        await at.till.press(*["down"] * 30)
        assert "A: among those who bring most" in at.till.screen_text
        await at.till.press("tab")
        assert OLD_CARD in at.till.screen_text
        assert "Platinum" not in at.till.screen_text
        await at.till.press("tab")
        assert "Shopping · S1-1-0000" in at.till.screen_text
        await at.till.press("tab")
        assert "A: among those who bring most" in at.till.screen_text


async def test_the_ledger_is_read_to_its_end_piece_by_piece(tmp_path: Path) -> None:
    async with member_open(tmp_path, size=(80, 24)) as at:
        await at.till.press("tab", "tab")
        for _ in range(12):
            await at.till.press("pagedown")
        await at.till.until(lambda: "S1-1-0079" in at.till.screen_text)
        befores = [request.before_row for request in at.desk.of(points.GetPointsStatement)]
        assert befores == [None, 51]
        for _ in range(12):
            await at.till.press("pageup")
        assert "S1-1-0000" in at.till.screen_text


async def test_everything_is_there_in_chinese(tmp_path: Path) -> None:
    async with member_open(tmp_path, language="zh_CN") as at:
        for words in ("还差 2,400 到 Platinum", "生日", "有效", "积分", "消费多", "挂失"):
            assert words in at.till.screen_text, words
        assert "Points" not in at.till.screen_text


async def test_esc_goes_back_to_the_counter(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        await at.till.press("escape")
        assert isinstance(at.till.app.screen, CheckoutScreen)


async def test_a_store_that_is_away_is_said_and_its_return_fills_the_screen(tmp_path: Path) -> None:
    world = MemberWorld()
    async with counter(tmp_path, size=(120, 40), world=world) as till:
        await till.sign_on()
        world.desk.peer(False)
        screen = MemberScreen(till.app.till, MEMBER)
        await till.app.push_screen(screen)
        await till.until(lambda: "does not answer" in till.notice)
        await till.press("f9")
        assert "does not answer" in till.notice
        world.desk.peer(True)
        await till.until(lambda: "张晓明" in till.screen_text)


# --- check-in, statement, gifts, cash -------------------------------------------------------------


async def test_a_check_in_says_what_it_gave_and_a_second_one_that_it_was_done(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        await at.till.press("f5")
        await at.till.until(lambda: "张晓明 is checked in and gets 5 points." in at.till.notice)
        assert "1,205" in at.till.screen_text
        await at.till.press("f5")
        await at.till.until(lambda: "checked in today already" in at.till.notice)


async def test_a_statement_goes_to_the_printer(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        await at.till.press("f10")
        await at.till.until(lambda: "Points statement goes to the printer." in at.till.notice)
        assert [paper.title for paper in at.till.world.lane.printed.values()] == ["Points statement"]


async def test_a_gift_is_given_and_the_points_are_taken(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        await at.till.press("f9")
        assert isinstance(at.till.app.screen, GiftsDialog)
        assert "enough" in at.till.screen_text
        assert "1,800 points short" in at.till.screen_text
        await at.till.press("enter")
        await at.till.until(lambda: "gets 1 × 保温杯 for 500 points; 700 are left." in at.till.notice)
        [request] = at.desk.of(points.RedeemGift)
        assert (request.lane, request.gift_id, request.pieces) == ("1", 1, 1)


async def test_a_gift_that_is_refused_leaves_the_list_open(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        await at.till.press("f9")
        await at.till.type("2")
        await at.till.press("enter")
        await at.till.until(lambda: "A member gets 1 of 保温杯 at most." in at.till.notice)
        await at.till.press("down", "enter")
        await at.till.until(lambda: "There are 1200 points, not 6000." in at.till.notice)
        await at.till.type("none")
        await at.till.press("enter")
        assert "is no number of pieces" in at.till.notice
        await at.till.press("escape")
        assert at.desk.balance == 1200


async def test_cash_for_points_wants_an_approval_opens_the_drawer_and_prints_a_slip(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        await at.till.press("ctrl+u")
        await at.till.type("500")
        assert "500 points: ¥5.00 out of the drawer" in at.till.screen_text
        await at.till.press("enter")
        await at.approve()
        await at.till.until(lambda: "Hand over ¥5.00" in at.till.notice)
        assert at.desk.balance == 700
        assert len(at.till.world.lane.opened) == 1
        assert [paper.title for paper in at.till.world.lane.printed.values()] == ["Cash slip"]


async def test_no_approval_pays_nothing_and_what_was_typed_stays(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        await at.till.press("ctrl+u")
        await at.till.type("500")
        await at.till.press("enter")
        await at.till.until(lambda: "Approval needed" in at.till.screen_text)
        await at.till.press("escape")
        await at.till.until(lambda: "Not approved" in at.till.notice)
        assert "500" in at.till.screen_text
        assert at.desk.balance == 1200
        assert not at.till.world.lane.opened


async def test_points_that_are_no_whole_amount_are_refused_at_the_place(tmp_path: Path) -> None:
    async with member_open(tmp_path, code="9", pin="9999") as at:
        await at.till.press("ctrl+u")
        await at.till.type("150")
        await at.till.press("enter")
        await at.till.until(lambda: "200 points would be" in at.till.notice)
        await at.till.type("200")
        await at.till.press("enter")
        await at.till.until(lambda: "Hand over ¥2.00" in at.till.notice)


async def test_cash_that_had_no_answer_is_paid_once_when_it_is_asked_again(tmp_path: Path) -> None:
    async with member_open(tmp_path, code="9", pin="9999") as at:
        await at.till.press("ctrl+u")
        await at.till.type("500")
        at.desk.loses_the_answer = True
        await at.till.press("enter")
        await at.till.until(lambda: at.desk.balance == 700 and bool(at.till.notice))
        assert not at.till.world.lane.opened
        await at.till.press("enter")
        await at.till.until(lambda: "Hand over ¥5.00" in at.till.notice)
        assert at.desk.balance == 700
        assert len(at.till.world.lane.opened) == 1


async def test_cash_that_had_no_answer_and_was_left_is_said_to_be_unknown(tmp_path: Path) -> None:
    async with member_open(tmp_path, code="9", pin="9999") as at:
        await at.till.press("ctrl+u")
        await at.till.type("500")
        at.desk.loses_the_answer = True
        await at.till.press("enter")
        await at.till.until(lambda: "did not answer" in at.till.notice)
        await at.till.press("escape")
        await at.till.until(lambda: "not known whether" in at.till.notice)


async def test_practising_is_said_on_the_members_screen(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        assert "TRAINING" not in at.till.screen_text
        at.till.app.till.store.training = True
        at.screen.redraw()
        await at.till.rest()
        assert "▓ TRAINING ▓" in at.till.screen_text


# --- the profile ----------------------------------------------------------------------------------


async def test_the_whole_phone_is_seen_only_after_a_look_that_is_approved(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        assert WHOLE_PHONE not in at.till.screen_text
        await at.till.press("f8")
        await at.till.type("lost parcel")
        await at.till.press("enter")
        await at.approve()
        await at.till.until(lambda: WHOLE_PHONE in at.till.screen_text)
        assert "xm@example.com" in at.till.screen_text
        assert "Shoe size" in at.till.screen_text
        assert at.desk.of(members.LookAtProfile)[-1].reason == "lost parcel"
        await at.till.press("f8")
        assert WHOLE_PHONE not in at.till.screen_text


async def test_a_supervisor_looks_without_being_asked_why(tmp_path: Path) -> None:
    async with member_open(tmp_path, code="9", pin="9999") as at:
        await at.till.press("f8")
        await at.till.until(lambda: WHOLE_PHONE in at.till.screen_text)


async def test_a_changed_name_is_saved_with_the_version_and_hidden_things_stay(tmp_path: Path) -> None:
    async with member_open(tmp_path, code="9", pin="9999") as at:
        await at.till.press("f7")
        await at.till.until(lambda: isinstance(at.till.app.screen, MemberForm))
        await at.till.type("x")
        await at.till.press("ctrl+s")
        await at.till.until(lambda: at.till.notice == "Saved.")
        [request] = at.desk.of(members.ChangeMember)
        given = request.model_dump(exclude_none=True)
        assert given == {"member_id": MEMBER, "version": 4, "name": "张晓明x"}
        assert "张晓明x" in at.till.screen_text


async def test_a_phone_that_somebody_has_is_refused_at_its_place_and_what_was_typed_stays(
    tmp_path: Path,
) -> None:
    async with member_open(tmp_path, code="9", pin="9999") as at:
        await at.till.press("f7", "enter")
        await at.till.type("13900000000")
        await at.till.press("ctrl+s")
        await at.till.until(lambda: "belongs to 李丽" in at.till.screen_text)
        assert "13900000000" in at.till.screen_text
        assert isinstance(at.till.app.screen, MemberForm)


async def test_after_a_look_everything_can_be_changed_or_removed(tmp_path: Path) -> None:
    async with member_open(tmp_path, code="9", pin="9999") as at:
        await at.till.press("f8")
        await at.till.until(lambda: WHOLE_PHONE in at.till.screen_text)
        await at.till.press("f7")
        await at.till.until(lambda: isinstance(at.till.app.screen, MemberForm))
        form = at.till.app.screen
        assert isinstance(form, MemberForm)
        form.form.rows["email"].editor.text = ""
        form.form.rows["extra:Shoe size"].editor.text = "43"
        form.form.rows["extra:Newsletter"].editor.text = "yes"
        await at.till.press("ctrl+s")
        await at.till.until(lambda: at.till.notice == "Saved.")
        [request] = at.desk.of(members.ChangeMember)
        assert (request.email, request.phone, request.name) == ("", None, None)
        assert {extra.field: extra.value for extra in request.extras} == {
            "Shoe size": "43",
            "Newsletter": "yes",
        }
        assert "xm@example.com" not in at.till.screen_text


async def test_what_was_never_told_stays_so_when_something_else_is_saved(tmp_path: Path) -> None:
    async with member_open(tmp_path, code="9", pin="9999") as at:
        await at.till.press("f8")
        await at.till.until(lambda: WHOLE_PHONE in at.till.screen_text)
        await at.till.press("f7")
        await at.till.type("x")
        await at.till.press("ctrl+s")
        await at.till.until(lambda: at.till.notice == "Saved.")
        [request] = at.desk.of(members.ChangeMember)
        assert request.extras is None


async def test_a_change_by_somebody_else_is_told_and_the_next_form_is_of_that(tmp_path: Path) -> None:
    async with member_open(tmp_path, code="9", pin="9999") as at:
        await at.till.press("f7")
        at.desk.member = at.desk.member.model_copy(update={"version": 9, "note": "别的备注"})
        await at.till.type("x")
        await at.till.press("ctrl+s")
        await at.till.until(lambda: "in the meantime" in at.till.notice)
        await at.till.press("escape", "enter")
        await at.till.until(lambda: "别的备注" in at.till.screen_text)


async def test_a_birthday_that_is_none_is_told_before_anything_is_asked(tmp_path: Path) -> None:
    async with member_open(tmp_path, code="9", pin="9999") as at:
        await at.till.press("f7", "enter", "enter", "enter")
        await at.till.type("soon")
        await at.till.press("ctrl+s")
        await at.till.until(lambda: "is no birthday" in at.till.screen_text)
        assert not at.desk.of(members.ChangeMember)


async def test_tags_are_given_and_taken_off_in_one_line(tmp_path: Path) -> None:
    async with member_open(tmp_path, code="9", pin="9999") as at:
        await at.till.press("ctrl+t")
        assert "Often given: 茶友, VIP" in at.till.screen_text
        await at.till.press(*["backspace"] * 2)
        await at.till.type("VIP, regular")
        await at.till.press("enter")
        await at.till.until(lambda: at.till.notice == "Saved.")
        [request] = at.desk.of(members.TagMember)
        assert (request.add, request.remove) == (("VIP", "regular"), ("茶友",))
        assert "VIP, regular" in at.till.screen_text


async def test_a_cashier_changes_nothing_without_an_approval(tmp_path: Path) -> None:
    async with member_open(tmp_path) as at:
        await at.till.press("f7")
        await at.till.type("x")
        await at.till.press("ctrl+s")
        await at.till.until(lambda: "Approval needed" in at.till.screen_text)
        await at.till.press("escape")
        await at.till.until(lambda: "Not approved" in at.till.notice)
        assert isinstance(at.till.app.screen, MemberForm)
        assert at.desk.member.version == 4
