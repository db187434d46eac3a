"""Members: who they are, how they are found, their extra fields, tiers and growth."""

from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, Field, StrictBool, StrictInt

from protocol.identifiers import CategoryId, MemberId, SaleId
from protocol.messages.base import (
    Answer,
    Command,
    Fact,
    Model,
    Name,
    PartsPerMillion,
    Query,
    Text,
)
from protocol.messages.catalogue import ExtraFields, ExtraFieldView, ExtraValue
from protocol.permissions import Permission

Birthday = Annotated[str, Field(pattern=r"^(([0-9]{4}-)?[0-9]{2}-[0-9]{2})?$")]
"""`1990-05-17`, or `05-17` where the year was not told; empty: unknown."""
Tag = Annotated[str, Field(min_length=1, max_length=30)]


class MemberState(StrEnum):
    """Where a membership stands."""

    ACTIVE = "active"
    CLOSED = "closed"
    MERGED = "merged"
    ERASED = "erased"


class RfmClass(StrEnum):
    """Recency, frequency and money against the average of all who bought: the eight ready-made classes.

    `important` spent at least the average. `value` came lately and often, `develop` lately and seldom, `keep`
    often and not lately, `win_back` neither.
    """

    IMPORTANT_VALUE = "important_value"
    IMPORTANT_DEVELOP = "important_develop"
    IMPORTANT_KEEP = "important_keep"
    IMPORTANT_WIN_BACK = "important_win_back"
    GENERAL_VALUE = "general_value"
    GENERAL_DEVELOP = "general_develop"
    GENERAL_KEEP = "general_keep"
    GENERAL_WIN_BACK = "general_win_back"


class AbcClass(StrEnum):
    """By spending: A are those who bring the first 70 % of it, B the next 20 %, C the rest."""

    A = "A"
    B = "B"
    C = "C"


class MemberView(Model):
    """A member as the asker may see one."""

    member_id: MemberId
    """The member in this store's books."""
    number: Name
    """The member number (会员号); unique for good, across stores."""
    state: MemberState
    """Active members are found and served; the others stay for the books."""
    name: Name
    """As the member wishes to be called; empty when erased."""
    pinyin: Name = ""
    """Syllables without tones; made from the name when not given."""
    phone: Name = ""
    """Whole, or masked (`138****5678`) where `hidden` is true."""
    gender: Annotated[str, Field(pattern="^(unknown|female|male|other)$")] = "unknown"
    """`unknown`, `female`, `male` or `other`."""
    birthday: Birthday = ""
    """With or without the year; without it where `hidden` is true."""
    email: Name = ""
    """E-mail address; empty where `hidden` is true."""
    address: Text = ""
    """Postal address; empty where `hidden` is true."""
    occupation: Name = ""
    """What the member does for a living; empty where `hidden` is true."""
    income_band: Name = ""
    """The band of income that the member chose; empty where `hidden` is true."""
    skin_condition: Name = ""
    """What a beauty counter has to know; empty where `hidden` is true."""
    extras: tuple[ExtraValue, ...] = ()
    """Values of the fields that the shop defined; none where `hidden` is true."""
    referrer_id: MemberId | None = None
    """Who brought the member."""
    referrer: Name = ""
    """Number and name of who brought the member."""
    note: Text = ""
    """What the cashier is to know, shown beside the sale."""
    tags: tuple[Tag, ...] = ()
    """Tags, given by hand or by a rule, in the order of the alphabet."""
    tier: StrictInt = 0
    """The rank of the tier (等级); 0 is the first."""
    tier_name: Name = ""
    """The tier's name."""
    tier_until: Name = ""
    """The last business date for which the tier holds; empty: without an end."""
    growth: StrictInt = 0
    """Growth value (成长值)."""
    joined_on: Name = ""
    """The date of registration, `2026-11-21`."""
    merged_into: MemberId | None = None
    """Of a merged member: who has the books now."""
    hidden: StrictBool = False
    """True: the asker sees a masked phone and no personal data."""
    version: StrictInt = 1
    """Counts the changes; a save names the version that it was made from."""


class MemberFound(Answer):
    """The member."""

    member: MemberView
    """As the asker may see one."""


class MemberHit(Model):
    """A member in a list of search results: enough to confirm the person."""

    member_id: MemberId
    """The member."""
    number: Name
    """The member number."""
    name: Name
    """The name to confirm with the person."""
    phone: Name = ""
    """Always masked: enough to confirm the person; the whole one is in the profile."""
    tier: StrictInt = 0
    """The rank of the tier."""
    tier_name: Name = ""
    """The tier's name."""
    state: MemberState = MemberState.ACTIVE
    """Closed members appear only when asked for."""
    note: Text = ""
    """What the cashier is to know."""


class MemberHits(Answer):
    """What a search found, best first."""

    hits: tuple[MemberHit, ...]
    """The members."""
    more: StrictBool = False
    """True: there are more than were asked for."""


class FindMembers(Query):
    """Search by number, card, phone (whole or a tail of 4 digits or more), name, pinyin or initials."""

    answer = MemberHits
    permission = Permission.SEE_MEMBERS
    text: Annotated[str, Field(max_length=100)]
    """Whatever the cashier typed; empty: all members in the order of their numbers."""
    limit: Annotated[StrictInt, Field(ge=1, le=200)] = 20
    """So many hits at most."""
    offset: Annotated[StrictInt, Field(ge=0, le=10_000)] = 0
    """So many hits are passed over."""
    active_only: StrictBool = True
    """False: closed and merged members are found too."""


class GetMember(Query):
    """One member, the phone masked and personal data left out; the whole is LookAtProfile."""

    answer = MemberFound
    permission = Permission.SEE_MEMBERS
    member_id: MemberId
    """The member; one that was merged is answered as it stands, with `merged_into`."""


class LookAtProfile(Command):
    """See all that is known of a member. Each look is in the journal with who looked."""

    answer = MemberFound
    permission = Permission.SEE_FULL_PROFILE
    member_id: MemberId
    """The member."""
    reason: Name = ""
    """Why, where the shop wants to know."""


class RegisterMember(Command):
    """Make somebody a member; the number is the next of the store's block."""

    answer = MemberFound
    permission = Permission.REGISTER_MEMBERS
    secret_fields = ("phone", "birthday", "email", "address")
    name: Name
    """As the member wishes to be called."""
    phone: Name = ""
    """Digits with or without `+86`, spaces and hyphens; no other active member may have it."""
    gender: Annotated[str, Field(pattern="^(unknown|female|male|other)$")] = "unknown"
    """`unknown`, `female`, `male` or `other`."""
    birthday: Birthday = ""
    """With or without the year."""
    pinyin: Name = ""
    """Made from the name when empty."""
    email: Name = ""
    """E-mail address."""
    address: Text = ""
    """Postal address."""
    occupation: Name = ""
    """What the member does for a living."""
    income_band: Name = ""
    """The band of income that the member chose."""
    skin_condition: Name = ""
    """What a beauty counter has to know."""
    extras: Annotated[tuple[ExtraValue, ...], Field(max_length=100)] = ()
    """Values of the fields that the shop defined."""
    referrer: Name = ""
    """Number or whole phone of the member who brought this one."""
    note: Text = ""
    """What the cashier is to know."""
    tags: Annotated[tuple[Tag, ...], Field(max_length=50)] = ()
    """Tags given by hand."""


class ChangeMember(Command):
    """Change what is known of a member; a field that is None stays as it is."""

    answer = MemberFound
    permission = Permission.EDIT_MEMBERS
    secret_fields = ("phone", "birthday", "email", "address")
    member_id: MemberId
    """The member; only an active one can be changed."""
    version: StrictInt | None = None
    """The version that was edited; another one in the books refuses the save (`changed_by_others`)."""
    name: Name | None = None
    """As the member wishes to be called."""
    phone: Name | None = None
    """Empty removes it."""
    gender: Annotated[str, Field(pattern="^(unknown|female|male|other)$")] | None = None
    """`unknown`, `female`, `male` or `other`."""
    birthday: Birthday | None = None
    """Empty removes it."""
    pinyin: Name | None = None
    """Empty makes it from the name again."""
    email: Name | None = None
    """Empty removes it."""
    address: Text | None = None
    """Empty removes it."""
    occupation: Name | None = None
    """Empty removes it."""
    income_band: Name | None = None
    """Empty removes it."""
    skin_condition: Name | None = None
    """Empty removes it."""
    extras: Annotated[tuple[ExtraValue, ...], Field(max_length=100)] | None = None
    """All values of the fields that the shop defined; they replace the old ones."""
    note: Text | None = None
    """Empty removes it."""


class TagMember(Command):
    """Give tags to a member by hand, or take them off."""

    answer = MemberFound
    permission = Permission.EDIT_MEMBERS
    member_id: MemberId
    """The member."""
    add: Annotated[tuple[Tag, ...], Field(max_length=50)] = ()
    """Tags to give."""
    remove: Annotated[tuple[Tag, ...], Field(max_length=50)] = ()
    """Tags to take off."""


class TagCount(Model):
    """A tag and how many members have it."""

    tag: Tag
    """The tag."""
    members: StrictInt
    """How many active members have it."""


class Tags(Answer):
    """All tags, the most used first."""

    tags: tuple[TagCount, ...]
    """The tags."""


class ListTags(Query):
    """All tags that members have."""

    answer = Tags
    permission = Permission.SEE_MEMBERS


class ListMemberFields(Query):
    """The extra fields of members that the shop defined."""

    answer = ExtraFields
    permission = Permission.SEE_MEMBERS


class SaveMemberField(Command):
    """Add or change an extra field of members; values that do not fit its new type refuse the change."""

    answer = ExtraFields
    permission = Permission.MANAGE_SETTINGS
    extra: ExtraFieldView
    """The field; its category must be None."""


class TierView(Model):
    """A tier (等级): what it takes to have it, and what it gives."""

    tier: Annotated[StrictInt, Field(ge=0, le=99)]
    """Its rank; 0 is the first, which everybody has."""
    name: Annotated[str, Field(min_length=1, max_length=30)]
    """`Silver`, `金卡`."""
    growth_needed: Annotated[StrictInt, Field(ge=0, le=10**12)] = 0
    """The growth value at which a member comes up to it; 0 for the first tier alone."""
    discount_ppm: Annotated[PartsPerMillion, Field(le=1_000_000)] = 0
    """Taken off the selling price: 50,000 is 5 % off (9.5 折)."""
    valid_months: Annotated[StrictInt, Field(ge=0, le=120)] = 0
    """For so many months the tier holds; 0: without an end."""
    growth_to_keep: Annotated[StrictInt, Field(ge=0, le=10**12)] = 0
    """What has to grow within that time to keep it (保级); at most `growth_needed`."""
    grace_days: Annotated[StrictInt, Field(ge=0, le=366)] = 0
    """So many days after the end the tier is still held, and can still be kept."""
    note: Text = ""
    """Other benefits in words, such as a birthday gift or priority."""


class Tiers(Answer):
    """All tiers, the first first."""

    tiers: tuple[TierView, ...]
    """Ranks count from 0 without a gap."""


class ListTiers(Query):
    """The store's tiers."""

    answer = Tiers


class SaveTiers(Command):
    """Replace the table of tiers; a tier that members have cannot be taken away."""

    answer = Tiers
    permission = Permission.MANAGE_TIERS
    tiers: Annotated[tuple[TierView, ...], Field(min_length=1, max_length=50)]
    """The first first."""


class GrowthRuleView(Model):
    """How growth value is earned; all rules that apply are added up."""

    basis: Annotated[str, Field(pattern="^(spend|visit|points)$")]
    """`spend`: per whole unit of money paid (元); `visit`: once a day; `points`: per point earned."""
    growth_thousandths: Annotated[StrictInt, Field(ge=0, le=10**9)]
    """Growth per unit, in thousandths: 1000 is one growth value for each yuan, visit or point."""
    category_id: CategoryId | None = None
    """With `spend`: only for goods of this category and those below it."""


class GrowthRules(Answer):
    """The rules of growth."""

    rules: tuple[GrowthRuleView, ...]
    """All of them; none: nobody grows."""


class ListGrowthRules(Query):
    """How growth value is earned."""

    answer = GrowthRules


class SaveGrowthRules(Command):
    """Replace the rules of growth; what was earned stays."""

    answer = GrowthRules
    permission = Permission.MANAGE_TIERS
    rules: Annotated[tuple[GrowthRuleView, ...], Field(max_length=50)]
    """All rules."""


class GiveTier(Command):
    """Give a member a tier by hand, with a reason."""

    answer = MemberFound
    permission = Permission.MANAGE_TIERS
    member_id: MemberId
    """The member."""
    tier: Annotated[StrictInt, Field(ge=0, le=99)]
    """The rank of the tier."""
    reason: Annotated[str, Field(min_length=1, max_length=200)]
    """Why; kept with the change."""


class TierChangeView(Model):
    """One change of a member's tier."""

    at: AwareDatetime
    """When."""
    from_tier: StrictInt
    """The rank before."""
    to_tier: StrictInt
    """The rank after; the same where it was kept."""
    change: Annotated[str, Field(pattern="^(upgrade|keep|grace|downgrade|by_hand|merge|refund)$")]
    """Why it changed; `refund`: goods came back that had lifted the member."""
    reason: Name = ""
    """In words, in the language of the store."""
    reference: Name = ""
    """The sale or command that did it."""


class TierChanges(Answer):
    """All changes of a member's tier, latest first."""

    changes: tuple[TierChangeView, ...]
    """The changes."""


class ListTierChanges(Query):
    """Why a member has the tier that they have."""

    answer = TierChanges
    permission = Permission.SEE_MEMBERS
    member_id: MemberId
    """The member."""


class MemberRegistered(Fact):
    """Somebody became a member. Facts name no personal data: the journal can never forget."""

    member_id: MemberId
    """The member."""
    number: Name
    """The member number."""
    referrer_id: MemberId | None = None
    """Who brought the member."""


class MemberChanged(Fact):
    """What is known of a member was changed."""

    member_id: MemberId
    """The member."""
    fields: tuple[Name, ...]
    """Which fields; never their values."""


class ProfileLookedAt(Fact):
    """Somebody saw the full profile of a member, or exported it."""

    member_id: MemberId
    """The member."""
    reason: Name = ""
    """Why, as the one who looked said."""
    exported: StrictBool = False
    """True: all that is held was exported."""


class MemberTierChanged(Fact):
    """A member has another tier, or keeps the old one for another time."""

    member_id: MemberId
    """The member."""
    from_tier: StrictInt
    """The rank before."""
    to_tier: StrictInt
    """The rank after."""
    change: Name
    """`upgrade`, `keep`, `grace`, `downgrade`, `by_hand`, `merge` or `refund`."""
    sale_id: SaleId | None = None
    """The sale that did it."""


class MemberStateChanged(Fact):
    """A membership was closed, opened again, merged or erased."""

    member_id: MemberId
    """The member."""
    state: MemberState
    """How it stands now."""
    merged_into: MemberId | None = None
    """Of a merged member: who has the books now."""


class TiersChanged(Fact):
    """The table of tiers or the rules of growth were changed."""

    tiers: tuple[TierView, ...]
    """The tiers as they are now."""
    rules: tuple[GrowthRuleView, ...]
    """The rules of growth as they are now."""
