"""What a shopkeeper or technician does from the shell: help, lists in and out, the doctor, the proof."""

import asyncio
import csv
import json
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from openpyxl import load_workbook
from programs_on_loopback import ENVIRONMENT, guitai_line
from shop_on_loopback import CASHIER, COLA, GOODS, MANAGER, SAMPLE, WATER, Shop, name
from till_on_loopback import Till, each_sale_is_there_once

from guitai.__main__ import SUBCOMMANDS
from protocol.identifiers import LaneCode

AS_MANAGER = ("--operator", MANAGER.code)
_CHINESE = re.compile("[\u4e00-\u9fff]")


async def _help(line: list[str], language: str) -> str:
    process = await asyncio.create_subprocess_exec(
        *line,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={**ENVIRONMENT, "GUITAI_LANGUAGE": language},
    )
    said, _nothing = await process.communicate()
    assert process.returncode == 0, said.decode()
    return said.decode()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
async def test_every_subcommand_teaches_in_the_language_of_the_one_who_asks(
    tmp_path: Path, language: str
) -> None:
    two_at_a_time = asyncio.Semaphore(2)

    async def ask(*line: str) -> str:
        async with two_at_a_time:
            return await _help(guitai_line(tmp_path, *line, "--help"), language)

    group, *each = await asyncio.gather(ask(), *(ask(name) for name in SUBCOMMANDS))
    for command, said in zip(SUBCOMMANDS, each, strict=True):
        assert f"guitai {command}" in said
        assert re.search(rf"^  {command} ", group, re.MULTILINE)
        words = re.sub('"[^"]*"', "", said.partition("\n\n")[2])
        assert bool(_CHINESE.search(words)) == (language == "zh_CN"), said
    assert os.listdir(tmp_path) == [], "asking for help makes nothing"


def _manage(shop: Shop, *line: str) -> tuple[int, str]:
    return shop.run(*line, *AS_MANAGER, GUITAI_PIN=MANAGER.pin)


def _products(shop: Shop) -> list[tuple[object, ...]]:
    """All that the books know of goods and prices, by an independent look."""
    query = "SELECT p.code, p.name, p.unit FROM products p ORDER BY p.code"
    return [tuple(row) for row in shop.rows(query)]


async def test_goods_are_imported_all_or_none(shop: Shop) -> None:
    await shop.open()
    before = _products(shop)
    goods = shop.home / "goods.csv"

    goods.write_text("colour,weight\nred,5\n", encoding="utf-8")
    code, said = _manage(shop, "import", str(goods), "--yes")
    assert code != 0
    assert "Traceback" not in said

    rows = [
        "barcode,name,price",
        "6900000000014,新货一号,1.50",
        "6900000000052,a good one,2.00",
        "6900000000021,no price,abc",
        "6900000000038,,3.00",
        "6900000000014,the same code again,4.00",
        "6900000000045,another good one,5.00",
    ]
    goods.write_text("\n".join(rows) + "\n", encoding="utf-8")
    code, said = _manage(shop, "import", str(goods), "--yes")
    assert code == 1
    for row in (4, 5, 6):
        assert f"row {row}," in said, said
    for row in (2, 3, 7):
        assert f"row {row}," not in said
    assert "Nothing was changed" in said
    assert _products(shop) == before

    goods.write_text("\n".join([rows[0], rows[1], rows[2], rows[6]]) + "\n", encoding="utf-8")
    code, said = _manage(shop, "import", str(goods), "--yes")
    assert code == 0, said
    assert "3 new" in said
    assert len(_products(shop)) == len(before) + 3
    till = Till(await shop.client("lane-1", CASHIER), LaneCode("1"))
    await till.open_shift(0)

    code, said = shop.run("import", str(goods), "--yes", "--operator", CASHIER.code, GUITAI_PIN=CASHIER.pin)
    assert code != 0, "a cashier does not change the goods"
    assert shop.proven().content


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
async def test_what_was_exported_comes_back_unchanged(shop: Shop, ending: str) -> None:
    await shop.open()
    before = _products(shop)
    goods = shop.home / f"goods.{ending}"
    code, said = _manage(shop, "export", str(goods))
    assert code == 0, said
    assert f"{len(before)} rows" in said
    if ending == "csv":
        with goods.open(encoding="utf-8-sig") as file:
            written = [cell for row in csv.reader(file) for cell in row]
    else:
        book = load_workbook(goods, read_only=True)
        sheet = book.worksheets[0]
        written = [str(cell) for row in sheet.iter_rows(values_only=True) for cell in row]
        book.close()
    for barcode, (name_of_it, _price) in GOODS.items():
        assert barcode in written
        assert name_of_it in written
    code, said = _manage(shop, "import", str(goods), "--yes")
    assert code == 0, said
    assert f"0 new, 0 changed, {len(before)} unchanged, 0 wrong" in said
    assert _products(shop) == before


async def test_a_list_that_is_no_list_is_refused_in_words(shop: Shop) -> None:
    await shop.open()
    for file, content in (("junk.xlsx", b"PK\x03\x04 not really"), ("junk.csv", b"\x00\xff\xfe\x00" * 50)):
        path = shop.home / file
        path.write_bytes(content)
        code, said = _manage(shop, "import", str(path), "--yes")
        assert code != 0, said
        assert "Traceback" not in said
    code, said = _manage(shop, "export", "/proc/nowhere/goods.csv")
    assert code != 0
    assert "Traceback" not in said


async def test_a_message_from_the_shell_is_answered_as_json(shop: Shop) -> None:
    await shop.open()
    code, said = shop.run("call", "presence.Hello")
    assert code == 0, said
    assert json.loads(said)["body"]["store_code"] == "JNY"
    code, said = _manage(shop, "call", "catalogue.FindProducts", '{"text": "nfsq"}')
    assert code == 0, said
    assert name(WATER) in said
    code, said = shop.run("call", "sales.NoSuchThing")
    assert code == 1
    assert "sales.NoSuchThing" in said
    code, said = shop.run("call", "sales.AddItem", '{"lane": 5}')
    assert code == 1
    assert "sale_id" in said
    assert "Traceback" not in said
    code, said = shop.run("call", "--list")
    assert code == 0
    assert "sales.FinishSale" in said


async def test_the_doctor_finds_nothing_wrong_in_a_healthy_shop(shop: Shop) -> None:
    devices = shop.devices("1")
    await shop.open(devices)
    code, said = shop.run("backup")
    assert code == 0, said
    code, said = shop.run("doctor")
    assert code == 0, said
    assert "Nothing is wrong." in said
    assert "Ming's Corner Shop" in said
    assert "✗" not in said


async def test_the_doctor_names_what_is_wrong_and_what_to_do(shop: Shop) -> None:
    devices = shop.devices("1")
    await shop.open(devices)
    bench = shop.places.lane("1")
    await shop.server.stop()
    await devices.stop()
    shop.places.books.chmod(0o644)
    code, said = shop.run("doctor")
    assert code == 1
    assert "The store server does not answer" in said
    assert "Lane 1: the device daemon does not answer" in said
    assert "chmod 600" in said
    (shop.places.store / "store.toml").write_text("requets = []\n")
    code, said = shop.run("doctor")
    assert code == 1
    assert "requets" in said
    assert "Traceback" not in said
    (bench / "rack.toml").write_text('[[device]]\nname = "scanner-1"\nkind = "scaner"\n')
    devices.start()
    assert await devices.ended() != 0
    assert "rack.toml" in devices.words()
    assert "Traceback" not in devices.words()


async def _a_day(shop: Shop) -> None:
    """Three sales, then the server is stopped."""
    await shop.open()
    till = Till(await shop.client("lane-1", CASHIER), LaneCode("1"))
    await till.open_shift(5_000)
    for codes in ([WATER], [COLA, WATER], [COLA]):
        await till.sell(codes)
    assert await shop.server.stop() == 0
    assert shop.proven().sales == 3


TAMPERING = {
    "a journal row is rewritten": (
        "journal",
        "UPDATE journal SET body = replace(body, '\"total_minor\":200', '\"total_minor\":100') "
        "WHERE name = 'sales.SaleFinished'",
    ),
    "a journal row is taken out": (
        "journal",
        "DELETE FROM journal WHERE seq = (SELECT max(seq) - 1 FROM journal)",
    ),
    "a posting is changed": ("ledger", "UPDATE ledger_postings SET amount = amount + 1 WHERE amount > 0"),
    "a balance is changed": (
        "balance",
        "UPDATE ledger_accounts SET balance = balance - 100 WHERE kind = 'drawer'",
    ),
    "a sale is made cheaper": (
        "sale",
        "UPDATE sales SET total_minor = total_minor - 100, paid_minor = paid_minor - 100 "
        "WHERE total_minor = 500",
    ),
    "a line is changed": ("sale", "UPDATE sale_lines SET amount_minor = 1 WHERE line = 1"),
    "a payment is taken out": ("sale", "DELETE FROM sale_tenders WHERE position = 1"),
    "stock is changed": ("stock", "UPDATE stock_levels SET quantity_thousandths = 0"),
    "an operator vanishes": ("file", "DELETE FROM operators WHERE code = '1'"),
}


async def test_the_proof_finds_every_kind_of_tampering(shop: Shop) -> None:
    await _a_day(shop)
    untouched = shop.places.books.read_bytes()
    for what, (where, statement) in TAMPERING.items():
        shop.places.books.write_bytes(untouched)
        with closing(sqlite3.connect(shop.places.books)) as db:
            for (trigger,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                db.execute(f"DROP TRIGGER {trigger}")
            assert db.execute(statement).rowcount >= 1, what
            db.commit()
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        verdict = shop.verify()
        assert not verdict.content, what
        assert any(finding.startswith(where) for finding in verdict.findings), (what, verdict.findings)


async def test_the_database_itself_refuses_to_rewrite_what_is_finished(shop: Shop) -> None:
    await _a_day(shop)
    with closing(sqlite3.connect(shop.places.books)) as db:
        for what, (where, statement) in TAMPERING.items():
            if where in ("journal", "ledger", "sale"):
                with pytest.raises(sqlite3.IntegrityError):
                    db.execute(statement)
                db.rollback()
                assert what
    assert shop.proven().sales == 3


async def test_a_copy_of_another_file_is_proven_too(shop: Shop) -> None:
    await _a_day(shop)
    code, said = shop.run("verify")
    assert code == 0
    assert "Everything is right" in said
    code, said = shop.run("verify", str(SAMPLE / "products.csv"))
    assert code == 1
    assert "cannot be read" in said


@pytest.mark.timeout(500)
async def test_a_hundred_thousand_goods_are_imported_while_a_lane_sells(shop: Shop) -> None:
    await shop.open()
    goods = shop.home / "many.csv"
    with goods.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("code", "name", "price"))
        for number in range(100_000):
            rows.writerow((f"M{number:06}", f"Goods number {number}", f"{number % 9000 / 100 + 0.01:.2f}"))
    before = len(_products(shop))
    till = Till(await shop.client("lane-1", CASHIER), LaneCode("1"))
    await till.open_shift(0)
    line = guitai_line(shop.home, "import", str(goods), "--yes", *AS_MANAGER)
    environment = {**ENVIRONMENT, "GUITAI_PIN": MANAGER.pin}
    importing = await asyncio.create_subprocess_exec(
        *line, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, env=environment
    )
    said = asyncio.create_task(importing.communicate())
    while not said.done():
        await till.sell([WATER, COLA])
        await asyncio.wait((said,), timeout=0.2)
    assert importing.returncode == 0, said.result()[0].decode()[-2000:]
    assert "100000 new" in said.result()[0].decode().replace(",", "")
    assert len(_products(shop)) == before + 100_000
    assert len(till.sold) > 20
    each_sale_is_there_once(shop, till)
