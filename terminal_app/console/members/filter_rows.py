"""How members stand in the console's lists and in the files made from them."""

from collections.abc import Callable, Sequence

from protocol.language import N_, _
from protocol.messages.members import MemberHit, MemberState, RfmClass
from protocol.messages.profiles import MemberRow
from terminal_app.console.table import Column, TableRow, Tone

RFM_NAMES = {
    RfmClass.IMPORTANT_VALUE: N_("Best"),
    RfmClass.IMPORTANT_DEVELOP: N_("Promising"),
    RfmClass.IMPORTANT_KEEP: N_("Slipping"),
    RfmClass.IMPORTANT_WIN_BACK: N_("Win back"),
    RfmClass.GENERAL_VALUE: N_("Faithful"),
    RfmClass.GENERAL_DEVELOP: N_("Occasional"),
    RfmClass.GENERAL_KEEP: N_("Cooling off"),
    RfmClass.GENERAL_WIN_BACK: N_("Almost gone"),
}
"""What the eight classes are called in a word or two; the first four spend at least the average."""

COLUMNS = (
    Column(N_("Member no."), 10),
    Column(N_("Member"), least=8),
    Column(N_("Phone"), 11),
    Column(N_("Tier"), 7),
    Column(N_("Points"), 6, right=True),
    Column(N_("Came"), 5, right=True, optional=True),
    Column(N_("Spent"), 9, right=True),
    Column(N_("Last visit"), 10),
    Column(N_("ABC"), 3, optional=True),
    Column(N_("RFM"), 11, optional=True),
    Column(N_("Growth"), 7, right=True, optional=True),
)
HIT_COLUMNS = (
    Column(N_("Member no."), 10),
    Column(N_("Member"), least=10, share=2),
    Column(N_("Phone"), 13),
    Column(N_("Tier"), 10),
    Column(N_("Note to the cashier"), least=12, share=3, optional=True),
)
Money = Callable[[int], str]


def cells(row: MemberRow, money: Money, *, grouped: bool = True) -> tuple[str, ...]:
    """Return the texts of a row, as COLUMNS has them; `grouped`: 1,000 for 1000, for people's eyes."""
    number = "{:,}".format if grouped else str
    return (
        row.member.number,
        row.member.name,
        row.member.phone,
        row.member.tier_name,
        number(row.points),
        number(row.visits),
        money(row.spent_minor),
        row.last_on or _("never"),
        row.abc.value if row.abc is not None else "",
        _(RFM_NAMES[row.rfm]) if row.rfm is not None else "",
        number(row.growth),
    )


def table_rows(rows: Sequence[MemberRow], money: Money) -> list[TableRow]:
    """Return the rows of the list."""
    return [TableRow(str(row.member.member_id), cells(row, money), _tone(row.member)) for row in rows]


def hit_rows(hits: Sequence[MemberHit]) -> list[TableRow]:
    """Return the rows of a search."""
    return [
        TableRow(str(hit.member_id), (hit.number, hit.name, hit.phone, hit.tier_name, hit.note), _tone(hit))
        for hit in hits
    ]


def _tone(hit: MemberHit) -> Tone:
    return "" if hit.state is MemberState.ACTIVE else "quiet"
