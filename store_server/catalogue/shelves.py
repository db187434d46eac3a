"""The only writer of categories, extra fields and the patterns of in-store barcodes."""

import json
import sqlite3

from protocol.identifiers import CategoryId
from protocol.language import _
from protocol.messages.catalogue import BarcodePatternView, CategoryView, ExtraFieldView
from store_server.extras import ExtraField

DEPTH_MOST = 20
"""Levels of the category tree; more is a mistake in a file."""
SEPARATOR = " › "


def ancestors(db: sqlite3.Connection, category_id: int | None) -> list[int]:
    """Return the category and those above it, from below; empty for None or one that is not there."""
    found: list[int] = []
    while category_id is not None and category_id not in found:
        row = db.execute(
            "SELECT category_id, parent_id FROM categories WHERE category_id = ?", (category_id,)
        ).fetchone()
        if row is None:
            break
        found.append(row[0])
        category_id = row[1]
    return found


def path_of(db: sqlite3.Connection, category_id: int | None) -> str:
    """Return the names from the root: `Food › Drinks › Tea`; empty for none."""
    names = [
        db.execute("SELECT name FROM categories WHERE category_id = ?", (each,)).fetchone()[0]
        for each in ancestors(db, category_id)
    ]
    return SEPARATOR.join(reversed(names))


def split_path(path: str) -> tuple[str, ...]:
    """Return the names of a category path; `Food > Drinks` is understood as well."""
    return tuple(name for name in (part.strip() for part in path.replace(">", "›").split("›")) if name)


def id_of_path(db: sqlite3.Connection, names: tuple[str, ...]) -> int | None:
    """Return the category at the end of the path, None where the path is not there."""
    category_id: int | None = None
    for name in names:
        row = child(db, category_id, name)
        if row is None:
            return None
        category_id = int(row)
    return category_id


def child(db: sqlite3.Connection, parent_id: int | None, name: str) -> CategoryId | None:
    """Return the category of this name right below another one (None: at the top)."""
    row = db.execute(
        "SELECT category_id FROM categories WHERE coalesce(parent_id, 0) = ? AND name = ?",
        (parent_id or 0, name),
    ).fetchone()
    return None if row is None else CategoryId(row[0])


def insert_category(db: sqlite3.Connection, name: str, parent_id: int | None) -> CategoryId:
    """Add a category."""
    made = db.execute("INSERT INTO categories (name, parent_id) VALUES (?,?)", (name, parent_id))
    assert made.lastrowid is not None
    return CategoryId(made.lastrowid)


def update_category(db: sqlite3.Connection, category_id: int, name: str, parent_id: int | None) -> None:
    """Rename or move a category."""
    db.execute(
        "UPDATE categories SET name = ?, parent_id = ? WHERE category_id = ?", (name, parent_id, category_id)
    )


def set_category_tax(db: sqlite3.Connection, category_id: int, tax: str | None) -> None:
    """Name the tax rate of a category's goods; None: that of the category above."""
    db.execute("UPDATE categories SET tax = ? WHERE category_id = ?", (tax, category_id))


def delete_category(db: sqlite3.Connection, category_id: int) -> None:
    """Remove a category that nothing belongs to."""
    db.execute("DELETE FROM categories WHERE category_id = ?", (category_id,))


def is_used(db: sqlite3.Connection, category_id: int) -> bool:
    """Return whether goods, categories or extra fields belong to a category."""
    asked = (
        "SELECT EXISTS (SELECT 1 FROM products WHERE category_id = ?1) "
        "OR EXISTS (SELECT 1 FROM categories WHERE parent_id = ?1) "
        "OR EXISTS (SELECT 1 FROM extra_fields WHERE category_id = ?1)"
    )
    return bool(db.execute(asked, (category_id,)).fetchone()[0])


def depth_below(db: sqlite3.Connection, category_id: int) -> int:
    """Return how many levels a category and what is below it take."""
    row = db.execute(
        "WITH RECURSIVE below (category_id, level) AS (SELECT ?, 1 UNION "
        "SELECT c.category_id, level + 1 FROM categories c JOIN below b ON c.parent_id = b.category_id "
        "WHERE level <= ?) SELECT max(level) FROM below",
        (category_id, DEPTH_MOST),
    ).fetchone()
    return int(row[0])


def all_categories(db: sqlite3.Connection) -> tuple[CategoryView, ...]:
    """Return the tree, parents before children, brothers by name."""
    rows = db.execute(
        "WITH RECURSIVE tree (category_id, name, parent_id, path, goods, tax) AS ("
        " SELECT category_id, name, parent_id, name, product_count, tax FROM categories"
        " WHERE parent_id IS NULL"
        " UNION ALL SELECT c.category_id, c.name, c.parent_id, t.path || ? || c.name, c.product_count, c.tax"
        " FROM categories c JOIN tree t ON c.parent_id = t.category_id"
        ") SELECT * FROM tree ORDER BY path",
        (SEPARATOR,),
    )
    return tuple(
        CategoryView(
            category_id=CategoryId(row["category_id"]),
            name=row["name"],
            parent_id=row["parent_id"],
            path=row["path"],
            product_count=row["goods"],
            tax=row["tax"] or "",
        )
        for row in rows
    )


def extra_fields(db: sqlite3.Connection) -> dict[str, ExtraField]:
    """Return all extra fields by name."""
    rows = db.execute("SELECT * FROM extra_fields ORDER BY field")
    return {
        row["field"]: ExtraField(
            row["field"],
            row["type"],
            tuple(json.loads(row["choices"])),
            bool(row["required"]),
            row["category_id"],
        )
        for row in rows
    }


def save_extra_field(db: sqlite3.Connection, view: ExtraFieldView) -> None:
    """Add or change an extra field."""
    choices = json.dumps(view.choices, ensure_ascii=False)
    db.execute(
        "INSERT INTO extra_fields VALUES (?,?,?,?,?) ON CONFLICT (field) DO UPDATE SET "
        "category_id = excluded.category_id, type = excluded.type, choices = excluded.choices, "
        "required = excluded.required",
        (view.field, view.category_id, view.type, choices, view.required),
    )


def values_of_field(db: sqlite3.Connection, field: str) -> list[tuple[str, str]]:
    """Return (value, code of a product that has it), each value once."""
    rows = db.execute(
        "SELECT e.value, min(p.code) FROM product_extras e JOIN products p USING (product_id) "
        "WHERE e.field = ? GROUP BY e.value",
        (field,),
    )
    return [(row[0], row[1]) for row in rows]


def barcode_patterns(db: sqlite3.Connection) -> tuple[BarcodePatternView, ...]:
    """Return the table of in-store barcode patterns."""
    rows = db.execute("SELECT pattern, note, active FROM barcode_patterns ORDER BY position")
    return tuple(BarcodePatternView(pattern=row[0], note=row[1], active=bool(row[2])) for row in rows)


def replace_barcode_patterns(db: sqlite3.Connection, patterns: tuple[BarcodePatternView, ...]) -> None:
    """Replace the table of in-store barcode patterns."""
    db.execute("DELETE FROM barcode_patterns")
    db.executemany(
        "INSERT INTO barcode_patterns VALUES (?,?,?,?)",
        [(at, each.pattern, each.note, each.active) for at, each in enumerate(patterns, 1)],
    )


def no_such_category() -> str:
    """Return the words for a category that is not there."""
    return _("This category does not exist any more. Choose another one.")
