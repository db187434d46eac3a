"""Measures search and barcode look-up in a generated catalogue, beside a look-up by primary key.

Makes the catalogue first (a million goods take some minutes); `--database` keeps it for the next run.
"""

import argparse
import json
import random
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from store_server.bootstrap import open_books
from store_server.catalogue import search
from store_server.catalogue.barcodes import check_digit, lookup_form
from store_server.catalogue.reading import FoundItem, find_for_sale
from store_server.catalogue.search_keys import keys_of, pinyin_of, text_of
from store_server.catalogue.views import HIT

BRANDS = (
    "可口可乐 百事 农夫山泉 康师傅 统一 娃哈哈 伊利 蒙牛 光明 青岛 雪花 旺旺 洽洽 甘源 银鹭 "
    "王老吉 加多宝 海天 李锦记 老干妈 金龙鱼 福临门 维达 清风 心相印 高露洁 云南白药 舒肤佳 "
    "海飞丝 蓝月亮"
).split()
FLAVOURS = (
    "原味 香草 柠檬 草莓 蜜桃 葡萄 绿茶 红茶 茉莉 乌龙 香辣 麻辣 五香 蟹黄 番茄 烧烤 海盐 芝士 "
    "椰子 芒果 黑糖 低糖 无糖 清香 薄荷 玫瑰 牛奶 豆奶 燕麦 核桃"
).split()
GOODS = (
    "汽水 矿泉水 饮料 果汁 酸奶 牛奶 啤酒 瓜子 花生 腰果 饼干 薯片 方便面 火腿肠 酱油 陈醋 "
    "食用油 大米 面粉 抽纸 卷纸 牙膏 牙刷 沐浴露 洗发水 洗衣液 香皂 毛巾 电池 口香糖"
).split()
LATIN = (
    "Classic Zero Light Fresh Family Mini Gold Premium Original Extra Natural Sport Kids Party Heart Apple"
).split()
SIZES = ("75g 100g 150g 250ml 330ml 350g 450g 500ml 550ml 600ml 1L 1.5L 2L 2.5kg 5kg 10pcs").split()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--goods", type=int, default=1_000_000, help="how many products (1000000)")
    parser.add_argument("--searches", type=int, default=200, help="how many per kind of text (200)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", type=Path, help="keep the catalogue here and use it again")
    return parser.parse_args()


def bar(label: str, done: int, of: int) -> None:
    if done % max(1, of // 100) == 0 or done == of:
        filled = 40 * done // of
        end = "\n" if done == of else ""
        print(f"\r{label:<12} [{'█' * filled}{'·' * (40 - filled)}] {done:>9,}", end=end, file=sys.stderr)


def generated(count: int, rng: random.Random) -> Iterator[tuple[str, str, str, str]]:
    """Yield (code, name, pinyin, barcode)."""
    spoken = {word: pinyin_of(word) for word in (*BRANDS, *FLAVOURS, *GOODS)}
    for number in range(count):
        words = [rng.choice(BRANDS), rng.choice(FLAVOURS), rng.choice(GOODS)]
        name = "".join(words) + " " + rng.choice(LATIN) + " " + rng.choice(SIZES)
        digits = f"69{number * 7919 % 10_000_000_000:010d}"
        barcode = digits + check_digit(digits)
        yield f"{number:07d}", name, " ".join(spoken[word] for word in words), barcode


def fill(db: sqlite3.Connection, count: int, rng: random.Random) -> None:
    """Write the catalogue in bulk; the keys are sorted first, or a million goods would take an hour."""
    db.execute("PRAGMA temp_store = FILE")
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN")
    db.execute("CREATE TEMP TABLE unsorted (on_sale, rank, key, product_id, category_id)")
    for at in range(1, 201):
        db.execute("INSERT INTO categories (category_id, name) VALUES (?,?)", (at, f"category {at}"))
    for product_id, (code, name, pinyin, barcode) in enumerate(generated(count, rng), 1):
        # One category holds half of all goods, the last ones very few.
        category = 1 if product_id % 2 else 2 + int(199 * rng.random() ** 3)
        on_sale = int(product_id % 20 != 0)
        db.execute(
            "INSERT INTO products (product_id, code, name, pinyin, category_id, unit, by_weight, price_minor,"
            " on_sale, open_price, supplier, picture) VALUES (?,?,?,?,?,'件',0,?,?,0,'','')",
            (product_id, code, name, pinyin, category, 100 + product_id % 9000, on_sale),
        )
        db.execute(
            "INSERT INTO product_barcodes VALUES (?,?,?,0,1000,?)",
            (lookup_form(barcode), barcode, product_id, barcode[::-1]),
        )
        text = text_of(code, name, pinyin, (barcode,))
        db.execute(
            "INSERT INTO product_texts VALUES (?,?,?,?,?)",
            (category, product_id, on_sale, text.name, text.sounds),
        )
        db.executemany(
            "INSERT INTO unsorted VALUES (?,?,?,?,?)",
            [(on_sale, *key, product_id, category) for key in keys_of(code, name, pinyin)],
        )
        bar("goods", product_id, count)
    print("sorting the search keys …", file=sys.stderr)
    db.execute("INSERT INTO product_keys SELECT * FROM unsorted ORDER BY on_sale, rank, key, product_id")
    db.execute("DROP TABLE unsorted")
    db.execute("COMMIT")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def texts(db: sqlite3.Connection, count: int, goods: int, rng: random.Random) -> dict[str, list[str]]:
    """Return what is searched for, by kind."""

    def product() -> sqlite3.Row:
        row: sqlite3.Row = db.execute(
            "SELECT p.*, barcode FROM products p JOIN product_barcodes USING (product_id) "
            "WHERE product_id = ?",
            (rng.randint(1, goods),),
        ).fetchone()
        return row

    def piece(text: str, length: int) -> str:
        start = rng.randint(0, max(0, len(text) - length))
        return text[start : start + length]

    def initials(row: sqlite3.Row) -> str:
        return "".join(syllable[0] for syllable in row["pinyin"].split())

    kinds: dict[str, Callable[[], str]] = {
        "exact code": lambda: product()["code"],
        "exact barcode": lambda: product()["barcode"],
        "barcode tail of 4": lambda: product()["barcode"][-4:],
        "barcode tail of 6": lambda: product()["barcode"][-6:],
        "one letter": lambda: rng.choice("abcdefghijklmnopqrstuvwxyz"),
        "one Chinese character": lambda: piece(product()["name"].split()[0], 1),
        "two Chinese characters": lambda: piece(product()["name"].split()[0], 2),
        "four Chinese characters": lambda: piece(product()["name"].split()[0], 4),
        "pinyin": lambda: "".join(product()["pinyin"].split()[:3]),
        "pinyin half typed": lambda: " ".join(product()["pinyin"].split()[:2])[:-1],
        "initials": lambda: initials(product())[:4],
        "initials inside": lambda: initials(product())[2:6],
        "Latin word": lambda: rng.choice(LATIN).lower(),
        "inside a Latin word": lambda: piece(rng.choice(LATIN), 3).lower(),
        "two words": lambda: f"{rng.choice(GOODS)} {rng.choice(SIZES)}",
        "three words": lambda: f"{rng.choice(LATIN)} {rng.choice(FLAVOURS)} {rng.choice(BRANDS)}",
        "words that never meet": lambda: f"{rng.choice(BRANDS)} {rng.choice(BRANDS)}",
        "whole name": lambda: product()["name"],
        "nothing typed": lambda: "",
        "not there": lambda: "".join(rng.choices("魑魅魍魉qxz", k=3)),
    }
    return {kind: [make() for _ in range(count)] for kind, make in kinds.items()}


def timed(call: Callable[[], object]) -> float:
    started = time.perf_counter_ns()
    call()
    return (time.perf_counter_ns() - started) / 1000


def figures(durations_us: list[float], floor_us: float) -> dict[str, float]:
    ordered = sorted(durations_us)
    median = statistics.median(ordered)
    return {
        "median_us": round(median, 1),
        "p99_us": round(ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)], 1),
        "worst_us": round(ordered[-1], 1),
        "ratio_to_primary_key": round(median / floor_us, 1),
    }


def measure(db: sqlite3.Connection, wanted: argparse.Namespace, goods: int) -> dict[str, dict[str, float]]:
    rng = random.Random(wanted.seed)
    now = datetime.now(UTC)
    asked = [(rng.randint(1, goods),) for _ in range(5000)]
    floor = [
        timed(lambda each=each: db.execute("SELECT * FROM products WHERE product_id = ?", each).fetchone())
        for each in asked
    ]
    floor_us = statistics.median(floor)
    result = {"primary key": figures(floor, floor_us)}
    codes = [
        db.execute("SELECT barcode FROM product_barcodes WHERE product_id = ?", each).fetchone()[0]
        for each in asked
    ]
    scans = [timed(lambda code=code: isinstance(find_for_sale(db, code, now), FoundItem)) for code in codes]
    result["barcode for a sale"] = figures(scans, floor_us)
    rare = db.execute("SELECT category_id FROM categories ORDER BY product_count LIMIT 1").fetchone()[0]
    middle = db.execute(
        "SELECT category_id FROM categories ORDER BY product_count DESC LIMIT 1 OFFSET 20"
    ).fetchone()[0]
    kinds = texts(db, wanted.searches, goods, rng)
    filters = {"": None, " · category of half": 1, " · middling category": middle, " · rare category": rare}
    steps = len(kinds) * len(filters)
    for at, (name, category) in enumerate((name, c) for name in kinds for c in filters):
        durations = []
        for text in kinds[name]:

            def ask(text: str = text, category: str = category) -> None:
                ids, _ = search.find(db, text, filters[category], True, 20, 0)  # type: ignore[arg-type]
                for each in ids:
                    db.execute(HIT, (each,)).fetchone()

            durations.append(timed(ask))
        result[name + category] = figures(durations, floor_us)
        bar("searches", at + 1, steps)
    return result


def main() -> None:
    wanted = arguments()
    with tempfile.TemporaryDirectory() as folder:
        path = wanted.database or Path(folder) / "catalogue.sqlite"
        books = open_books(path)
        db = books.db
        if db.execute("SELECT 1 FROM products").fetchone() is None:
            fill(db, wanted.goods, random.Random(wanted.seed))
        goods = int(db.execute("SELECT max(product_id) FROM products").fetchone()[0])
        result = measure(db, wanted, goods)
        size = path.stat().st_size
        db.close()
    for kind, each in result.items():
        median, p99, times = each["median_us"], each["p99_us"], each["ratio_to_primary_key"]
        print(f"{kind:<45} median {median:>9.1f} µs   p99 {p99:>9.1f} µs   × {times}")
    worst = max(each["p99_us"] for kind, each in result.items())
    print(
        json.dumps(
            {
                "benchmark": "product_search",
                "goods": goods,
                "bytes": size,
                "worst_p99_us": worst,
                "kinds": result,
            },
            ensure_ascii=False,
        )
    )


if __name__ == "__main__":
    main()
