"""All that several rooms hold on one member: panel, lists, segments, duplicates, the end of a membership."""

from typing import Annotated

from pydantic import AwareDatetime, Field, StrictBool, StrictInt

from protocol.identifiers import CategoryId, MemberId, ProductId
from protocol.messages.base import (
    Answer,
    Command,
    Done,
    Fact,
    Minor,
    Model,
    Name,
    PartsPerMillion,
    Query,
    Text,
    Thousandths,
)
from protocol.messages.members import (
    AbcClass,
    MemberFound,
    MemberHit,
    MemberState,
    MemberView,
    RfmClass,
    Tag,
)
from protocol.permissions import Permission


class FavouriteView(Model):
    """Goods that a member buys."""

    product_id: ProductId
    """The goods."""
    name: Name
    """Their present name."""
    times: StrictInt
    """In how many sales."""
    quantity_thousandths: Thousandths
    """How much altogether."""


class MemberPanel(Answer):
    """What the terminal shows of a member beside the sale."""

    member: MemberView
    """As the asker may see one."""
    next_tier_name: Name = ""
    """The next tier; empty at the top."""
    growth_missing: StrictInt = 0
    """The growth value that is missing to the next tier."""
    growth_to_keep_missing: StrictInt = 0
    """What is missing to keep the present tier; 0: it will be kept, or has no end."""
    discount_ppm: PartsPerMillion = 0
    """What the tier takes off selling prices."""
    birthday_in_days: StrictInt | None = None
    """0: today; None: unknown."""
    visits: StrictInt = 0
    """Sales so far."""
    last_visit: AwareDatetime | None = None
    """The last sale; None: none yet."""
    days_since_visit: StrictInt | None = None
    """Whole days since the last sale."""
    spent_minor: Minor = 0
    """What was paid altogether."""
    average_basket_minor: Minor = 0
    """What was paid per sale."""
    favourites: tuple[FavouriteView, ...] = ()
    """The goods bought most often, five at most."""
    rfm: RfmClass | None = None
    """As of the last daily calculation; None: no sale by then."""
    abc: AbcClass | None = None
    """As of the last daily calculation; None: no sale by then."""
    card_count: StrictInt = 0
    """How many active cards the member has."""
    points: StrictInt = 0
    """The points that can be spent; below zero after a refund."""
    points_worth_minor: Minor = 0
    """What they pay at the till."""
    points_rate_points: StrictInt = 0
    """So many points pay `points_rate_minor`; 0: nothing is paid with points."""
    points_rate_minor: Minor = 0
    """What those points pay, in the smallest unit of money."""
    points_ending: StrictInt = 0
    """How many of them end first."""
    points_end_on: Name = ""
    """The last day of those, `2026-12-31`; empty: none ends."""


class GetMemberPanel(Query):
    """The panel beside the sale."""

    answer = MemberPanel
    permission = Permission.SEE_MEMBERS
    member_id: MemberId
    """The member."""


Day = Annotated[str, Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
"""`2026-11-21`; empty: no limit."""


class MemberFilter(Model):
    """Which members: all that is given has to fit; what is empty or None fits everybody."""

    state: MemberState = MemberState.ACTIVE
    """Where the membership stands."""
    tiers: Annotated[tuple[StrictInt, ...], Field(max_length=50)] = ()
    """One of these ranks."""
    tags: Annotated[tuple[Tag, ...], Field(max_length=20)] = ()
    """All of these tags."""
    gender: Annotated[str, Field(pattern="^(any|unknown|female|male|other)$")] = "any"
    """`any`, `unknown`, `female`, `male` or `other`."""
    birthday_month: Annotated[StrictInt, Field(ge=1, le=12)] | None = None
    """Born in this month."""
    region: Name = ""
    """A part of the address."""
    joined_from: Day = ""
    """Registered on this day or later."""
    joined_until: Day = ""
    """Registered on this day or earlier."""
    visits_least: StrictInt | None = None
    """At least so many sales."""
    visits_most: StrictInt | None = None
    """At most so many sales."""
    spent_least_minor: Minor | None = None
    """Spent at least so much altogether."""
    spent_most_minor: Minor | None = None
    """Spent at most so much altogether."""
    away_least_days: StrictInt | None = None
    """The last sale is at least so many days ago; who never bought does not fit."""
    away_most_days: StrictInt | None = None
    """The last sale is at most so many days ago."""
    bought_product: ProductId | None = None
    """Has bought these goods."""
    bought_category: CategoryId | None = None
    """Has bought goods of this category or those below it."""
    points_least: StrictInt | None = None
    """Has at least so many points."""
    rfm: tuple[RfmClass, ...] = ()
    """One of these classes."""
    abc: tuple[AbcClass, ...] = ()
    """One of these classes."""


class MemberRow(Model):
    """A member in the console's list."""

    member: MemberHit
    """Number, name, masked phone, tier."""
    joined_on: Name
    """The date of registration."""
    growth: StrictInt
    """Growth value."""
    points: StrictInt
    """The points that can be spent."""
    visits: StrictInt
    """Sales so far."""
    spent_minor: Minor
    """What was paid altogether."""
    last_on: Name
    """The business date of the last sale; empty: none yet."""
    rfm: RfmClass | None = None
    """As of the last daily calculation; None: no sale by then."""
    abc: AbcClass | None = None
    """As of the last daily calculation; None: no sale by then."""


class MemberRows(Answer):
    """A piece of the list. It may be empty and yet there may be more: ask on until `next_id` is None."""

    rows: tuple[MemberRow, ...]
    """In the order of registration."""
    next_id: StrictInt | None = None
    """Ask on with this as `after_id`; None: that is all."""


class ListMembers(Query):
    """The members whom a filter finds, some thousand looked at each time, so that no scan waits."""

    answer = MemberRows
    permission = Permission.EDIT_MEMBERS
    filter: MemberFilter
    """Which members."""
    after_id: StrictInt = 0
    """The `next_id` of the answer before; 0 to begin."""
    limit: Annotated[StrictInt, Field(ge=1, le=200)] = 50
    """So many rows at most."""


class NoteMembersExported(Command):
    """Say, before the first row is written, that the members of a filter go into a file: it is journalled."""

    answer = Done
    permission = Permission.EDIT_MEMBERS
    filter: MemberFilter
    """Which members."""


class MembersExported(Fact):
    """The members whom a filter finds were written to a file, phones masked; the journal says by whom."""

    filter: MemberFilter
    """Which members."""


class ClassCount(Model):
    """How many members are of one RFM and one ABC class."""

    rfm: RfmClass
    """Recency, frequency, money."""
    abc: AbcClass
    """By spending."""
    members: StrictInt
    """Active members of both classes."""
    visits: StrictInt
    """Their sales altogether."""
    spent_minor: Minor
    """What they paid altogether."""


class ClassCounts(Answer):
    """The classes of all active members who ever bought."""

    counts: tuple[ClassCount, ...]
    """Classes without members are left out."""
    business_date: Name
    """The business date of the daily calculation; empty: there was none yet."""
    without_sale: StrictInt
    """Active members who never bought by then."""


class CountClasses(Query):
    """How many members are of which class, as of the last daily calculation."""

    answer = ClassCounts
    permission = Permission.EDIT_MEMBERS


class SegmentView(Model):
    """A filter with a name (分群)."""

    name: Annotated[str, Field(min_length=1, max_length=40)]
    """Its name; unique."""
    filter: MemberFilter
    """Whom it finds; calculated anew each time."""


class Segments(Answer):
    """All saved segments by name."""

    segments: tuple[SegmentView, ...]
    """The segments."""


class ListSegments(Query):
    """The saved segments."""

    answer = Segments
    permission = Permission.EDIT_MEMBERS


class SaveSegment(Command):
    """Save a filter under a name, in the place of an earlier one."""

    answer = Segments
    permission = Permission.EDIT_MEMBERS
    segment: SegmentView
    """The segment."""


class DeleteSegment(Command):
    """Forget a saved filter; members are not touched."""

    answer = Segments
    permission = Permission.EDIT_MEMBERS
    name: Name
    """The segment's name."""


class TagRuleView(Model):
    """A tag that a filter gives: each business day who fits gets it, and who fits no more loses it."""

    tag: Tag
    """The tag."""
    filter: MemberFilter
    """Who has it."""


class TagRules(Answer):
    """All tags that are given by rule."""

    rules: tuple[TagRuleView, ...]
    """By tag."""


class ListTagRules(Query):
    """The tags that are given by rule."""

    answer = TagRules
    permission = Permission.EDIT_MEMBERS


class SaveTagRule(Command):
    """Give a tag by rule from the next daily calculation on; tags given by hand stay whatever it says."""

    answer = TagRules
    permission = Permission.EDIT_MEMBERS
    rule: TagRuleView
    """The rule, in the place of an earlier one for this tag."""


class DeleteTagRule(Command):
    """Give a tag by rule no more; the next daily calculation takes it off those who had it by rule."""

    answer = TagRules
    permission = Permission.EDIT_MEMBERS
    tag: Tag
    """The tag."""


class DuplicateView(Model):
    """Two members who may be one person."""

    first: MemberHit
    """The one who was registered first."""
    second: MemberHit
    """The other one."""
    reason: Annotated[str, Field(pattern="^(birthday|no_phone)$")]
    """Same name, and the same birthday, or one of the two has no phone."""


class Duplicates(Answer):
    """A piece of the pairs. It may be empty and yet there may be more: ask on until `next_key` is empty."""

    pairs: tuple[DuplicateView, ...]
    """In the order of names."""
    next_key: Name = ""
    """Ask on with this as `after_key`; empty: that is all."""


class FindDuplicates(Query):
    """Members who may be one person; some thousand are looked at each time, so that no scan waits."""

    answer = Duplicates
    permission = Permission.MERGE_MEMBERS
    after_key: Name = ""
    """The `next_key` of the answer before; empty to begin."""


class CloseMember(Command):
    """End a membership at the member's wish (退会); number and history stay, the phone is free again."""

    answer = MemberFound
    permission = Permission.MERGE_MEMBERS
    member_id: MemberId
    """The member."""
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    """Why; kept with it."""


class ReopenMember(Command):
    """Open a closed membership again; refused where another member has the phone by now."""

    answer = MemberFound
    permission = Permission.MERGE_MEMBERS
    member_id: MemberId
    """The member."""
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    """Why; kept with it."""


class MergeMembers(Command):
    """Make one member of two; both numbers find the one that is kept."""

    answer = MemberFound
    permission = Permission.MERGE_MEMBERS
    keep_id: MemberId
    """Who stays."""
    merge_id: MemberId
    """Who goes into the other one."""
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    """Why; kept with it."""


class EraseMember(Command):
    """Erase all personal data of a member; sales and ledgers stay whole under the number."""

    answer = MemberFound
    permission = Permission.ERASE_MEMBERS
    member_id: MemberId
    """The member; active or closed."""
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    """Why; kept with it. It must not hold personal data."""


class ExportedFact(Model):
    """One thing that is held on a member."""

    area: Name
    """Where: `profile`, `cards`, `tiers`, `growth`, `points`, `sales`, `goods`, `quotations`."""
    at: Name = ""
    """When, where it has a time; UTC."""
    what: Name
    """The name of the field or row."""
    value: Text
    """The value as text."""


class MemberExport(Answer):
    """A page of all that is held on a member; never remembered, for it is all personal data."""

    holds_secret = True
    facts: tuple[ExportedFact, ...]
    """In the order of areas and times."""
    more: StrictBool = False
    """True: ask on with a higher offset."""


class ExportMember(Command):
    """All that is held on one person, for that person; each export is in the journal."""

    answer = MemberExport
    permission = Permission.ERASE_MEMBERS
    member_id: MemberId
    """The member."""
    offset: Annotated[StrictInt, Field(ge=0, le=10_000_000)] = 0
    """So many are passed over."""
