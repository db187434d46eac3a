"""Members and sales for tests of the points ledger: real books, no counter around them."""

from collections.abc import Sequence
from datetime import UTC, date, datetime

from protocol.identifiers import CommandId, MemberId, TerminalName
from protocol.messages.members import MemberState, MemberStateChanged
from store_server.bootstrap import open_books
from store_server.database.unit_of_work import Work
from store_server.dispatcher import Books
from store_server.points import memberships
from store_server.points.selling import FinishedSale, SoldLine, book_sale

FIRST_DAY = date(2026, 1, 1)


class PointsBooks:
    """Books with members, and a day that tests turn."""

    def __init__(self) -> None:
        self.books: Books = open_books(":memory:")
        self.db = self.books.db
        self._count = 0
        self.day = FIRST_DAY
        self.work = Work(
            db=self.db,
            now=datetime(2026, 1, 1, tzinfo=UTC),
            settings=self.books.settings,
            new_id=self.next_id,
            new_secret=self.next_id,
            terminal=TerminalName("test"),
            command_id=CommandId("test"),
        )
        self.turn_to(FIRST_DAY)

    def next_id(self) -> str:
        """Return an id that was not used yet."""
        self._count += 1
        return f"id-{self._count:08d}"

    def turn_to(self, day: date) -> None:
        """Make it noon of the day in the shop."""
        self.day = day
        self.work.now = datetime(day.year, day.month, day.day, 4, 0, tzinfo=UTC)

    def set(self, **settings: object) -> None:
        """Change settings."""
        self.work.settings = self.work.settings.model_copy(update=settings)

    def rule(self, kind: str, **values: object) -> int:
        """Add a rule."""
        row = {
            "kind": kind,
            "name": kind,
            "active": 1,
            "points": 0,
            "per_minor": 0,
            "multiplier_ppm": 1_000_000,
            "weekdays": "",
            "from_minute": 0,
            "to_minute": 1440,
            "birthday": "",
        } | values
        marks = ",".join("?" * len(row))
        made = self.db.execute(
            f"INSERT INTO points_rules ({','.join(row)}) VALUES ({marks})", tuple(row.values())
        )
        return int(made.lastrowid or 0)

    def member(self, *, birthday: str = "", referrer: MemberId | None = None, tier: int = 0) -> MemberId:
        """Add a member."""
        number = f"{self.next_id()}"
        made = self.db.execute(
            "INSERT INTO members (number, state, name, pinyin, phone, gender, birthday, email, address, "
            "occupation, income_band, skin_condition, referrer_id, note, joined_at, joined_on) "
            "VALUES (?, 'active', '王芳', '', '', 'unknown', ?, '', '', '', '', '', ?, '', ?, ?)",
            (number, birthday, referrer, self.work.at, self.day.isoformat()),
        )
        assert made.lastrowid is not None
        self.db.execute(
            "INSERT INTO member_standings VALUES (?, ?, ?, NULL, NULL, 0, 0)",
            (made.lastrowid, tier, self.day.isoformat()),
        )
        return MemberId(made.lastrowid)

    def sell(
        self,
        member: MemberId,
        *amounts: int,
        paid: int | None = None,
        points: Sequence[int] = (),
        tier: int = 0,
    ) -> str:
        """Book a sale that must go through; return its id."""
        sale_id = self.next_id()
        sale = FinishedSale(
            sale_id=sale_id,
            receipt_number=f"S1-1-{sale_id}",
            member_id=member,
            tier=tier,
            day=self.day,
            lines=[SoldLine(1, amount) for amount in amounts],
            earning_minor=sum(amounts) - sum(points) if paid is None else paid,
            points_paid=sum(points),  # a hundred for 1.00, as in a new store
        )
        refused = book_sale(self.work, sale)
        assert refused is None, refused
        return sale_id

    def end(self, member: MemberId, state: str, into: MemberId | None = None) -> None:
        """Close a membership, or merge it into another one."""
        self.db.execute(
            "UPDATE members SET state = ?, merged_into = ? WHERE member_id = ?", (state, into, member)
        )
        fact = MemberStateChanged(member_id=member, state=MemberState(state), merged_into=into)
        memberships.follow(self.work, fact)

    def kinds(self, member: MemberId) -> list[tuple[str, int]]:
        """Return the member's rows as (kind, points)."""
        rows = self.db.execute(
            "SELECT kind, points FROM points_rows WHERE member_id = ? ORDER BY row_id", (member,)
        )
        return [(row[0], row[1]) for row in rows]
