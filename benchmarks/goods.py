"""Catalogues to measure with: generated goods or a CSV file, made once and kept as books."""

import csv
import hashlib
import os
import random
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path

from measuring import progress

from guitai.new_store import FirstOperator, create_store
from store_server.bootstrap import MIGRATIONS, open_books
from store_server.catalogue.barcodes import check_digit, lookup_form
from store_server.catalogue.search_keys import keys_of, pinyin_of, text_of
from store_server.settings import StoreSettings

CASHIER = FirstOperator("1", "张敏", "cashier", "2580")
MANAGER = FirstOperator("9", "王芳", "manager", "9753")

_SEED = 20260101
_BATCH = 20_000
_MAKES = (
    "蒙牛 伊利 光明 三元 康师傅 统一 今麦郎 白象 农夫 娃哈哈 怡宝 百岁山 王老吉 加多宝 旺旺 达利 "
    "徐福记 大白兔 金丝猴 阿尔卑斯 双汇 金锣 雨润 海天 李锦记 厨邦 老干妈 六必居 金龙鱼 福临门 "
    "鲁花 胡姬花 立白 雕牌 蓝月亮 奥妙 清风 维达 心相印 洁柔 舒肤佳 力士 六神 上海 云南 黑人 "
    "高露洁 佳洁士 南孚 公牛"
).split()
_KINDS = (
    "草莓 蓝莓 香草 原味 红枣 芝麻 花生 核桃 香辣 麻辣 酸辣 五香 酱香 蒜香 椒盐 海苔 番茄 黄瓜 "
    "柠檬 蜂蜜 绿茶 红茶 乌龙 茉莉 薄荷 清香 浓香 低脂 无糖 高钙"
).split()
_THINGS = (
    "酸奶 牛奶 豆浆 方便面 挂面 米粉 饼干 薯片 糖果 巧克力 果冻 火腿肠 酱油 陈醋 辣酱 榨菜 花生油 "
    "大豆油 洗衣粉 洗洁精 纸巾 卫生纸 香皂 牙膏 牙刷 洗发水 沐浴露 矿泉水 果汁 凉茶 可乐 啤酒 "
    "黄酒 白酒 咖啡 奶茶 面包 蛋糕 瓜子 坚果 鱼罐头 肉罐头 面粉 大米 小米 红豆 绿豆 白糖 食盐 "
    "味精"
).split()
_SIZES = "50g 100g 250g 500g 1kg 250ml 500ml 1L 1.5L 2L 6*250ml 10片 20片 3包 5连包".split()


@dataclass(frozen=True, slots=True)
class Goods:
    """One product to sell."""

    code: str
    barcode: str
    name: str
    pinyin: str
    price_minor: int


def barcode_of(number: int) -> str:
    """Return a right EAN-13 for the number."""
    digits = f"69{number:010d}"
    return digits + check_digit(digits)


def generated(count: int) -> Iterator[Goods]:
    """Yield goods with different names: make, kind, thing, size, and a model number where those run out."""
    dice = random.Random(_SEED)
    spoken = {word: pinyin_of(word) for word in (*_MAKES, *_KINDS, *_THINGS, "片", "包", "连包")}
    combinations = len(_MAKES) * len(_KINDS) * len(_THINGS) * len(_SIZES)
    stride = 7_368_787  # a prime: walks through all combinations without repeating one
    for number in range(count):
        at = number * stride % combinations
        at, size = divmod(at, len(_SIZES))
        at, thing = divmod(at, len(_THINGS))
        make, kind = divmod(at, len(_KINDS))
        words = (_MAKES[make], _KINDS[kind], _THINGS[thing])
        again = number // combinations
        name = "".join(words) + " " + _SIZES[size] + (f" {again + 1}型" if again else "")
        pinyin = " ".join(spoken[word] for word in words)
        yield Goods(f"{100000 + number}", barcode_of(number), name, pinyin, dice.randrange(50, 20000, 10))


def from_file(path: Path) -> Iterator[Goods]:
    """Yield the goods of a CSV file with the columns stock_code, description, unit_price."""
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            name = row["description"].strip() or row["stock_code"]
            price_minor = int(Decimal(row["unit_price"]) * 100)
            yield Goods(row["stock_code"].strip(), barcode_of(number), name, pinyin_of(name), price_minor)


def cache_folder() -> Path:
    """Return where made catalogues and the folders of running shops are kept."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = base / "guitai-benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def books_with(goods: Iterable[Goods], count: int, label: str, currency: str = "CNY") -> Path:
    """Return books that hold the goods, two operators and nothing else; made once per label and schema."""
    path = cache_folder() / f"{label}-{currency}-{_schema_hash()}.db"
    if not path.exists():
        making = path.with_suffix(".making")
        for each in (making, Path(f"{making}-wal"), Path(f"{making}-shm")):
            each.unlink(missing_ok=True)
        create_store(making, StoreSettings(store_name="Benchmark", currency=currency), (CASHIER, MANAGER))
        with closing(sqlite3.connect(making, isolation_level=None)) as db:
            _fill(db, goods, count, label)
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        making.rename(path)
    return path


def books_from(catalogue: Path | None, count: int) -> tuple[Path, list[Goods]]:
    """Return books with a file's goods, or with `count` generated ones, and a sample of what is in them."""
    if catalogue is not None:
        listed = [each for each in from_file(catalogue) if each.price_minor > 0]
        digest = hashlib.sha256(catalogue.read_bytes()).hexdigest()[:12]
        return books_with(listed, len(listed), f"file-{digest}", "GBP"), listed
    path = books_with(generated(count), count, f"generated-{count}")
    step = max(1, count // 50_000)
    return path, list(islice(generated(count), 0, None, step))


def copy_books(source: Path, target: Path) -> None:
    """Copy closed books to the place where a server will find them."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    shutil.copyfile(source, target)
    target.chmod(0o600)


def _schema_hash() -> str:
    with closing(open_books(":memory:").db) as db:
        rows = db.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name").fetchall()
    text = "\n".join(row[0] for row in rows) + str(len(MIGRATIONS))
    return hashlib.sha256(text.encode()).hexdigest()[:10]


def _fill(db: sqlite3.Connection, goods: Iterable[Goods], count: int, label: str) -> None:
    db.execute("PRAGMA synchronous = OFF")
    db.execute("PRAGMA cache_size = -1000000")
    db.execute("PRAGMA temp_store = FILE")
    db.execute("CREATE TEMP TABLE found_keys (rank INTEGER, key TEXT, product_id INTEGER)")
    db.execute("BEGIN")
    batch: list[Goods] = []
    first = 1
    for each in progress(goods, f"making {label}", count):
        batch.append(each)
        if len(batch) == _BATCH:
            _add(db, batch, first)
            first += len(batch)
            batch.clear()
    _add(db, batch, first)
    # In the order of the tree: millions of keys at random places would take many times as long.
    db.execute(
        "INSERT OR IGNORE INTO product_keys (rank, key, product_id, category_id, on_sale) "
        "SELECT rank, key, product_id, 0, 1 FROM found_keys ORDER BY rank, key, product_id"
    )
    db.execute("COMMIT")


def _add(db: sqlite3.Connection, goods: Sequence[Goods], first: int) -> None:
    numbered = list(enumerate(goods, start=first))
    db.executemany(
        "INSERT INTO products (product_id, code, name, pinyin, unit, by_weight, price_minor, on_sale, "
        "open_price, supplier, picture) VALUES (?, ?, ?, ?, '', 0, ?, 1, 0, '', '')",
        [(number, each.code, each.name, each.pinyin, each.price_minor) for number, each in numbered],
    )
    db.executemany(
        "INSERT INTO product_barcodes (lookup, barcode, product_id, position, pack_thousandths, backwards) "
        "VALUES (?, ?, ?, 1, 1000, ?)",
        [(lookup_form(each.barcode), each.barcode, number, each.barcode[::-1]) for number, each in numbered],
    )
    texts = []
    keys: list[tuple[int, str, int]] = []
    for number, each in numbered:
        text = text_of(each.code, each.name, each.pinyin, [each.barcode])
        texts.append((0, number, 1, text.name, text.sounds))
        keys.extend((rank, key, number) for rank, key in keys_of(each.code, each.name, each.pinyin))
    db.executemany(
        "INSERT INTO product_texts (category_id, product_id, on_sale, name, sounds) VALUES (?, ?, ?, ?, ?)",
        texts,
    )
    db.executemany("INSERT INTO found_keys VALUES (?, ?, ?)", keys)
