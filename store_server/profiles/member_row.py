"""One row of a list of members: read into a member, with what is wrong in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from protocol.language import _
from store_server.cards import tables as cards
from store_server.cards.commands import number_problem
from store_server.cards.rules import MASK, card_number
from store_server.catalogue.cells import BadCell
from store_server.catalogue.product_columns import EXTRA_PREFIX
from store_server.catalogue.search_keys import pinyin_of
from store_server.database.unit_of_work import Work
from store_server.extras import stored_value
from store_server.lists import CellError
from store_server.members import standing, tables, views
from store_server.members.commands import clean_tags
from store_server.members.rules import Member, plain_phone, problems
from store_server.profiles.member_columns import day, gender, whole

_TEXTS = ("name", "email", "address", "occupation", "income_band", "skin_condition", "note")
NUMBER_MOST = 20
KINDS = ("contactless", "magstripe", "em", "barcode", "qr")


@dataclass(frozen=True, slots=True)
class Opening:
    """What a new member begins with."""

    joined_on: str = ""
    tier: int = 0
    growth: int = 0
    points: int = 0
    cards: tuple[tuple[str, str], ...] = ()
    """(kind, number)."""


@dataclass(slots=True)
class ReadRow:
    """A row as it was read."""

    member_id: int | None
    old: Member | None
    new: Member
    row: Mapping[str, str]
    opening: Opening = Opening()
    errors: list[CellError] = field(default_factory=list)

    def bad(self, column: str, explanation: str) -> None:
        """Note what is wrong with a cell."""
        self.errors.append(CellError(column, self.row.get(column, "")[:4000], explanation))

    def cell(self, column: str, read: Callable[[str], Any], empty: Any) -> Any:
        """Return what a cell says; what cannot be understood is noted and left empty."""
        text = self.row.get(column, "")
        if not text:
            return empty
        try:
            return read(text)
        except BadCell as bad:
            self.bad(column, str(bad))
            return empty


def read_row(work: Work, row: Mapping[str, str]) -> ReadRow:
    """Return the member that the row describes; columns that are not in the file keep their values."""
    result = _identified(work, row)
    given: dict[str, Any] = {name: row[name] for name in _TEXTS if name in row}
    if "phone" in row:
        given["phone"] = plain_phone(row["phone"])
    if "gender" in row:
        given["gender"] = result.cell("gender", gender, "unknown")
    if "birthday" in row:
        given["birthday"] = result.cell("birthday", day, "")
    if "tags" in row:
        given["tags"] = clean_tags(tuple(row["tags"].replace("；", ";").split(";")))
    _read_extras(work, result, given)
    name, typed = given.get("name", result.new.name), " ".join(row.get("pinyin", "").lower().split())
    if typed:
        given["pinyin"] = typed
    elif result.old is None or name != result.old.name:
        given["pinyin"] = pinyin_of(name)
    result.new = replace(result.new, **given)
    if result.old is None:
        result.opening = _opening(work, result)
    _find_problems(work, result)
    return result


def _identified(work: Work, row: Mapping[str, str]) -> ReadRow:
    """Find the member by number; where the row has none, by phone."""
    number, phone = row.get("number", ""), plain_phone(row.get("phone", ""))
    member_id = tables.by_number(work.db, number) if number else None
    if not number and phone:
        holder = tables.by_phone(work.db, phone)
        member_id = holder["member_id"] if holder is not None else None
    old = tables.load(work.db, member_id) if member_id is not None else None
    result = ReadRow(member_id, old, old or Member(number=number), row)
    if len(number) > NUMBER_MOST or not number.isprintable() or " " in number:
        text = _("A member number has at most {most} characters, without blanks.").format(most=NUMBER_MOST)
        result.bad("number", text)
    if MASK in number:
        result.bad("number", _("A bank card's number cannot be a member number; nothing of it was kept."))
    bearer = tables.bearer_of_card(work.db, number) if number and old is None else None
    if bearer is not None:
        text = _("{number} is the number of a card in use. A member number must not name somebody else.")
        result.bad("number", text.format(number=number))
    if old is not None:
        state = tables.row_of(work.db, member_id or 0)
        if state is None or state["state"] != "active":
            result.bad("number", _("This membership has ended; nothing of it can be changed."))
    return result


def _read_extras(work: Work, result: ReadRow, given: dict[str, Any]) -> None:
    columns = [column for column in result.row if column.startswith(EXTRA_PREFIX)]
    if not columns:
        return
    fields, extras = tables.extra_fields(work.db), dict(result.new.extras)
    for column in columns:
        name = column.removeprefix(EXTRA_PREFIX)
        value = stored_value(fields[name], result.row[column])
        if value:
            extras[name] = value
        else:
            extras.pop(name, None)
    given["extras"] = tuple(sorted(extras.items()))


def _opening(work: Work, result: ReadRow) -> Opening:
    joined_on = result.cell("joined_on", day, "")
    if joined_on:
        try:
            joined_on = min(date.fromisoformat(joined_on), views.local_date(work)).isoformat()
        except ValueError:
            result.bad("joined_on", _("There is no such day. Write it as 2020-01-31."))
    names = {tier.name: tier.tier for tier in standing.tiers(work.db)}
    wanted = result.row.get("tier", "")
    if wanted and wanted not in names:
        text = _("There is no tier {tier}. There are: {known}")
        result.bad("tier", text.format(tier=wanted, known=", ".join(names)))
    return Opening(
        joined_on=joined_on or views.local_date(work).isoformat(),
        tier=names.get(wanted, 0),
        growth=result.cell("growth", whole, 0),
        points=result.cell("points", whole, 0),
        cards=_cards(work, result),
    )


def _cards(work: Work, result: ReadRow) -> tuple[tuple[str, str], ...]:
    found = []
    for part in result.row.get("cards", "").replace("；", ";").split(";"):
        typed, _star, kind = part.strip().partition("*")
        number, kind = card_number(typed), kind.strip().lower() or KINDS[0]
        if not number:
            continue
        refused = number_problem(work, kind, number)
        if refused is not None:
            # Not the cell: it may hold a bank card's number.
            result.errors.append(CellError("cards", "", refused.explanation))
        elif kind not in KINDS:
            text = _("There is no such kind of card. There are: {kinds}").format(kinds=", ".join(KINDS))
            result.bad("cards", text)
        else:
            found.append((kind, number))
    return tuple(found)


def _find_problems(work: Work, result: ReadRow) -> None:
    said = {error.column for error in result.errors}
    for wrong in problems(result.new, tables.extra_fields(work.db), views.local_date(work)):
        if wrong.field not in said:
            result.bad(wrong.field, wrong.words)
    holder = tables.by_phone(work.db, result.new.phone)
    if holder is not None and holder["member_id"] != result.member_id:
        text = _("The phone belongs to {name}, member {number}. Is it the same person?")
        result.bad("phone", text.format(name=holder["name"], number=holder["number"]))


def shown(work: Work, member_id: int, member: Member) -> dict[str, str]:
    """Return the cells of a member, in the form in which `read_row` reads them."""
    stands = standing.standing_of(work.db, member_id)
    names = {tier.tier: tier.name for tier in standing.tiers(work.db)}
    row = tables.row_of(work.db, member_id)
    assert row is not None
    return {
        "number": member.number,
        **{name: str(getattr(member, name)) for name in _TEXTS},
        "phone": member.phone,
        "gender": "" if member.gender == "unknown" else member.gender,
        "birthday": member.birthday,
        "tags": "; ".join(member.tags),
        "pinyin": member.pinyin,
        "joined_on": row["joined_on"],
        "tier": names[stands.tier],
        "growth": str(stands.growth),
        "cards": "; ".join(
            f"{card['number']}*{card['card_kind']}" for card in cards.in_use(work.db, member_id)
        ),
        **{EXTRA_PREFIX + name: value for name, value in member.extras},
    }
