"""Members out of another till's list, and back into a file."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
from shop_counter import Shop, open_shop

from protocol.identifiers import ImportId, TerminalName
from protocol.messages.cards import CardMember, FindMember
from protocol.messages.imports import (
    AddImportRows,
    ApplyImport,
    BeginImport,
    CancelImport,
    CheckImport,
    ExportList,
    ExportRows,
    GetImport,
    GetImportDetails,
    ImportAnswer,
    ImportDetails,
    ImportView,
)
from protocol.messages.members import (
    FindMembers,
    MemberFound,
    MemberHits,
    RegisterMember,
    SaveTiers,
    TierView,
)
from protocol.messages.operators import SaveRole
from protocol.messages.profiles import (
    GetMemberPanel,
    MemberPanel,
)
from protocol.permissions import Permission
from store_server.imports import jobs

HEADINGS = ("会员号", "姓名", "手机号", "性别", "生日", "标签", "等级", "成长值", "积分", "卡号")
CARDS = "04A1B2C3; 60001*magstripe"
ROWS = (
    ("A001", "王小明", "138 1234 5678", "男", "1990/5/17", "常客;素食", "Gold", "20", "500", CARDS),
    ("", "李娜", "13700001111", "女", "5月17日", "", "", "", "", ""),
)


@pytest.fixture
def shop() -> Iterator[Shop]:
    shop = open_shop()
    tiers = (TierView(tier=0, name="Member"), TierView(tier=1, name="Gold", growth_needed=100))
    shop.ask_ok(SaveTiers(tiers=tiers), "boss")
    yield shop
    shop.db.close()


def work(shop: Shop) -> None:
    more = True
    while more:
        more, facts = shop.dispatcher.act(shop.books, TerminalName("server"), jobs.step)
        shop.facts += facts


def checked(shop: Shop, rows: tuple[tuple[str, ...], ...], headings: tuple[str, ...] = HEADINGS) -> ImportId:
    import_id = ImportId(shop.make_id())
    begin = BeginImport(import_id=import_id, list_name="members", file_name="m.csv", headings=headings)
    shop.do(ImportAnswer, begin, "boss")
    shop.do(ImportAnswer, AddImportRows(import_id=import_id, first_row=2, rows=rows), "boss")
    shop.do(ImportAnswer, CheckImport(import_id=import_id), "boss")
    work(shop)
    return import_id


def state(shop: Shop, import_id: ImportId) -> ImportView:
    return shop.do(ImportAnswer, GetImport(import_id=import_id), "boss").view


def apply(shop: Shop, import_id: ImportId) -> ImportView:
    shop.do(ImportAnswer, ApplyImport(import_id=import_id), "boss")
    work(shop)
    return state(shop, import_id)


def test_members_come_in_with_tier_growth_points_and_cards(shop: Shop) -> None:
    view = state(shop, checked(shop, ROWS))
    assert (view.new, view.errors) == (2, 0), view
    apply(shop, view.import_id)
    rows = shop.db.execute("SELECT * FROM import_rows").fetchall()
    assert not any("王小明" in str(tuple(row)) or "13812345678" in str(tuple(row)) for row in rows)
    member = shop.do(CardMember, FindMember(number="04A1B2C3")).member
    assert (member.number, member.name, member.tier_name) == ("A001", "王小明", "Gold")
    assert shop.do(CardMember, FindMember(number="60001")).member.number == "A001"
    panel = shop.do(MemberPanel, GetMemberPanel(member_id=member.member_id))
    assert (panel.points, panel.member.growth, panel.member.tags) == (500, 20, ("常客", "素食"))
    second = shop.do(MemberHits, FindMembers(text="lina")).hits[0]
    assert second.number == "10000001"
    birthday = shop.do(MemberPanel, GetMemberPanel(member_id=second.member_id)).member.birthday
    assert birthday == "05-17"


def test_what_was_written_out_comes_in_unchanged(shop: Shop) -> None:
    apply(shop, checked(shop, ROWS))
    written = shop.do(ExportRows, ExportList(list_name="members"), "boss")
    view = state(shop, checked(shop, written.rows, written.headings))
    assert (view.same, view.changed, view.new, view.errors) == (2, 0, 0, 0)


def exports(shop: Shop) -> list[tuple[str, str, bool]]:
    rows = shop.db.execute(
        "SELECT j.body, o.code FROM journal j JOIN operators o USING (operator_id) "
        "WHERE j.name = 'imports.ListExported' ORDER BY j.seq"
    )
    facts = [(row["code"], json.loads(row["body"])) for row in rows]
    return [(who, fact["after_key"], fact["whole"]) for who, fact in facts]


def test_who_writes_out_all_members_answers_for_it_once(shop: Shop) -> None:
    apply(shop, checked(shop, tuple((f"C{n:03}", f"会员{n}", "", *[""] * 7) for n in range(250))))
    written: list[str] = []
    after, more = "", True
    while more:
        piece = shop.do(ExportRows, ExportList(list_name="members", after_key=after), "boss")
        written += [row[0] for row in piece.rows]
        after, more = piece.next_key, bool(piece.next_key)
    assert written == [f"C{n:03}" for n in range(250)]
    assert exports(shop) == [("boss", "", True)], "one export, in three pieces"
    remembered = shop.db.execute("SELECT body FROM answers").fetchall()
    assert not any("会员7" in row[0] for row in remembered), "no answer with everybody in it is kept"


def test_nobody_slips_into_the_middle_of_an_export_unseen(shop: Shop) -> None:
    apply(shop, checked(shop, tuple((f"C{n:03}", f"会员{n}", "", *[""] * 7) for n in range(250))))
    shop.do(ExportRows, ExportList(list_name="members", after_key="C049"), "boss")
    shop.now += timedelta(minutes=11)
    shop.do(ExportRows, ExportList(list_name="members", after_key="C149"), "boss")
    shop.do(ExportRows, ExportList(list_name="members", after_key="C149"), "boss")
    assert exports(shop) == [("boss", after, True) for after in ("C049", "C149", "C149")]


def test_an_export_with_masked_phones_says_that_it_was_masked(shop: Shop) -> None:
    apply(shop, checked(shop, ROWS))
    shop.ask_ok(SaveRole(role="cashier", permissions=(Permission.IMPORT_EXPORT,)), "boss")
    shop.sign_on("wang")
    piece = shop.do(ExportRows, ExportList(list_name="members"), "wang")
    assert "138****5678" in str(piece.rows)
    assert exports(shop) == [("wang", "", False)]


def test_an_export_of_goods_is_nobodys_secret(shop: Shop) -> None:
    before = shop.journal()
    shop.do(ExportRows, ExportList(list_name="products"), "boss")
    assert shop.journal() == before


def test_a_known_number_or_phone_changes_the_member(shop: Shop) -> None:
    apply(shop, checked(shop, ROWS))
    rows = (("A001", "王大明"), ("", "李丽"))
    with_phone = tuple((*row, phone) for row, phone in zip(rows, ("13812345678", "13700001111"), strict=True))
    view = apply(shop, checked(shop, with_phone, ("会员号", "姓名", "手机号")))
    assert (view.changed, view.new) == (2, 0)
    assert [hit.name for hit in shop.do(MemberHits, FindMembers(text="")).hits] == ["李丽", "王大明"]


def test_every_mistake_is_said_with_its_row_and_nothing_comes_in(shop: Shop) -> None:
    shop.do(MemberFound, RegisterMember(name="赵五", phone="13900009999"))
    wrong = (
        ("B1", "", "13812345678", "", "", "", "", "", "", ""),
        ("B2", "甲", "13900009999", "", "", "", "", "", "", ""),
        ("B3", "乙", "", "x", "31-31", "", "Platinum", "-1", "many", "4111111111111111"),
        ("B4", "丙", "13711112222", "", "", "", "", "", "", ""),
        ("B5", "丁", "13711112222", "", "", "", "", "", "", ""),
    )
    import_id = checked(shop, wrong)
    details = shop.do(ImportDetails, GetImportDetails(import_id=import_id, errors_only=True), "boss")
    assert {(each.row, each.column) for each in details.errors} == {
        (2, "name"),
        (3, "phone"),
        *((4, column) for column in ("gender", "birthday", "tier", "growth", "points", "cards")),
        (6, "phone"),
    }
    assert all("4111" not in each.value for each in details.errors if each.column == "cards")
    assert shop.refusal(ApplyImport(import_id=import_id), "boss").code == "has_errors"


def test_the_number_of_a_bank_card_in_a_file_is_stored_nowhere(shop: Shop) -> None:
    rows = (
        ("4111111111111111", "甲", "", "", "", "", "", "", "", ""),
        ("B2", "乙", "", "", "", "", "", "", "", "6222021234567890128*magstripe; 60001"),
        ("B3", "丙 5500 0055 5555 5559", "", "", "", "", "", "", "", ""),
    )
    import_id = checked(shop, rows)
    details = shop.do(ImportDetails, GetImportDetails(import_id=import_id, errors_only=True), "boss")
    assert [(each.row, each.column) for each in details.errors] == [(2, "number"), (3, "cards")]
    image = shop.db.serialize()
    for number in ("4111111111111111", "6222021234567890128", "5500 0055 5555 5559"):
        assert number.encode() not in image
    assert "丙 ••••5559".encode() in image


def test_an_applied_import_keeps_no_phone_that_erasing_would_miss(shop: Shop) -> None:
    assert apply(shop, checked(shop, ROWS)).state == "applied"
    left = [row[0] for row in shop.db.execute("SELECT value FROM import_uniques")]
    rows = "".join(str(tuple(row)) for row in shop.db.execute("SELECT * FROM import_rows"))
    assert left == []
    assert not any(word in rows for word in ("13812345678", "13700001111", "王小明", "04A1B2C3"))


def test_a_member_number_in_a_file_cannot_be_a_card_of_somebody_else(shop: Shop) -> None:
    apply(shop, checked(shop, ROWS))
    import_id = checked(shop, (("60001", "甲"),), ("会员号", "姓名"))
    details = shop.do(ImportDetails, GetImportDetails(import_id=import_id, errors_only=True), "boss")
    assert [(each.row, each.column) for each in details.errors] == [(2, "number")]


def test_a_cancelled_import_leaves_nobody_behind(shop: Shop) -> None:
    before = shop.db.execute("SELECT count(*) FROM members").fetchone()[0]
    import_id = checked(shop, tuple((f"C{n}", f"会员{n}", "", *[""] * 7) for n in range(40)))
    shop.do(ImportAnswer, ApplyImport(import_id=import_id), "boss")
    shop.dispatcher.act(shop.books, TerminalName("server"), jobs.step)
    assert shop.db.execute("SELECT count(*) FROM members").fetchone()[0] > before
    assert shop.do(MemberHits, FindMembers(text="")).hits == ()
    assert shop.refusal(RegisterMember(name="now")).code == "import_running"
    shop.do(ImportAnswer, CancelImport(import_id=import_id), "boss")
    work(shop)
    assert shop.db.execute("SELECT count(*) FROM members").fetchone()[0] == before
    shop.ask_ok(RegisterMember(name="now"))


def test_a_block_of_numbers_that_is_used_up_takes_the_import_back(shop: Shop) -> None:
    shop.setting("member_number_first", "1")
    shop.setting("member_number_last", "2")
    view = apply(shop, checked(shop, tuple(("", f"会员{n}", "", *[""] * 7) for n in range(3))))
    assert view.state.value == "failed"
    assert shop.db.execute("SELECT count(*) FROM members").fetchone()[0] == 0
