"""Why a finished sale cost what it cost: every step of its calculation, written once and read for good."""

import sqlite3
from collections.abc import Sequence

from protocol.identifiers import CouponBatchId, OfferId
from protocol.messages.offers import StepKind
from store_server.database.unit_of_work import Work
from store_server.pricing.lines import Step, StepPart
from store_server.sales.rows import Line

_INSERT_STEP = "INSERT INTO sale_steps VALUES (?,?,?,?,?,?,?,?,?,?,?)"
_INSERT_LINE = "INSERT INTO sale_step_lines VALUES (?,?,?,?,?,?)"
STEPS = (
    "SELECT step, kind, offer_id, version, name, reference, times, points, points_multiplier_ppm, "
    "coupon_batch_id FROM sale_steps WHERE sale_id = ? ORDER BY step"
)
PARTS = (
    "SELECT step, line, quantity_thousandths, before_minor, after_minor FROM sale_step_lines "
    "WHERE sale_id = ? ORDER BY step, line"
)


def write(work: Work, sale_id: str, lines: Sequence[Line], steps: Sequence[Step]) -> None:
    """Keep the steps of a sale that is being finished; `lines` are those that were priced, in their order."""
    rows: list[tuple[object, ...]] = []
    parts: list[tuple[object, ...]] = []
    for number, step in enumerate(steps, 1):
        rows.append(
            (
                sale_id,
                number,
                step.kind.value,
                step.offer_id,
                step.version,
                step.name,
                step.reference,
                step.times,
                step.points,
                step.points_multiplier_ppm,
                step.coupon_batch_id,
            )
        )
        parts.extend(
            (
                sale_id,
                number,
                lines[part.line].line,
                part.quantity_thousandths,
                part.before_minor,
                part.after_minor,
            )
            for part in step.parts
        )
    if rows:
        work.db.executemany(_INSERT_STEP, rows)
        work.db.executemany(_INSERT_LINE, parts)


def read(db: sqlite3.Connection, sale_id: str, lines: Sequence[Line]) -> list[Step]:
    """Return the steps of a finished sale; their parts name the places of `lines`, as when it was priced."""
    places = {line.line: place for place, line in enumerate(lines)}
    parts: dict[int, list[StepPart]] = {}
    for step, line, quantity, before, after in db.execute(PARTS, (sale_id,)):
        parts.setdefault(step, []).append(StepPart(places[line], quantity, before, after))
    return [
        Step(
            kind=StepKind(row[1]),
            parts=tuple(parts.get(row[0], ())),
            offer_id=None if row[2] is None else OfferId(row[2]),
            version=row[3],
            name=row[4],
            reference=row[5],
            times=row[6],
            points=row[7],
            points_multiplier_ppm=row[8],
            coupon_batch_id=None if row[9] is None else CouponBatchId(row[9]),
        )
        for row in db.execute(STEPS, (sale_id,))
    ]
