"""What is asked about members: search, registration, changes, tags."""

from dataclasses import replace

from protocol.identifiers import MemberId
from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.catalogue import ExtraValue
from protocol.messages.members import (
    ChangeMember,
    FindMembers,
    GetMember,
    ListTags,
    LookAtProfile,
    MemberChanged,
    MemberFound,
    MemberHits,
    MemberRegistered,
    ProfileLookedAt,
    RegisterMember,
    TagCount,
    TagMember,
    Tags,
)
from store_server.catalogue.search_keys import pinyin_of
from store_server.database.unit_of_work import Work
from store_server.dispatcher import Remembered
from store_server.extras import stored_value
from store_server.members import field_commands, tables, tier_commands, views
from store_server.members.reading import served
from store_server.members.rules import COLUMNS, Member, plain_phone, problems
from store_server.members.search import find

_TEXTS = (
    "name",
    "email",
    "address",
    "occupation",
    "income_band",
    "skin_condition",
    "note",
    "gender",
    "birthday",
)
TAGS_MOST = 50


def find_members(work: Work, query: FindMembers) -> Answer:
    """Search, best first."""
    ids, more = find(work.db, query.text, query.limit, query.offset, query.active_only)
    return MemberHits(hits=views.hits(work.db, ids), more=more)


def no_member() -> Refused:
    """Return the refusal of an id that names nobody."""
    return Refused(code="no_such_member", explanation=_("This member does not exist."))


def get_member(work: Work, query: GetMember) -> Answer:
    """One member, masked."""
    view = views.view(work.db, query.member_id, hidden=True)
    return no_member() if view is None else MemberFound(member=view)


def look_at_profile(work: Work, command: LookAtProfile) -> Answer:
    """All that is known; who looked is in the journal."""
    view = views.view(work.db, command.member_id, hidden=False)
    if view is None:
        return no_member()
    work.record(ProfileLookedAt(member_id=command.member_id, reason=command.reason.strip()))
    return MemberFound(member=view)


def import_running(work: Work) -> Refused | None:
    """Refuse a change of members while an import is applied: it may still be taken back."""
    if not tables.running_import(work.db):
        return None
    text = _("A list of members is being imported; it takes a moment. Save again when it is done.")
    return Refused(code="import_running", explanation=text)


def register_member(work: Work, command: RegisterMember) -> Answer:
    """Make somebody a member."""
    referrer = _referrer(work, command.referrer)
    refused = import_running(work) or (referrer if isinstance(referrer, Refused) else None)
    if refused:
        return refused
    assert not isinstance(referrer, Refused)
    given = {name: str(getattr(command, name)).strip() for name in _TEXTS}
    member = Member(
        number="",
        phone=plain_phone(command.phone),
        pinyin=_pinyin(command.pinyin, given["name"]),
        referrer_id=referrer,
        extras=_extras(work, command.extras),
        tags=clean_tags(command.tags),
        **given,
    )
    wrong = member_problem(work, member, None)
    if wrong is not None:
        return wrong
    settings = work.settings
    number = tables.take_number(work, settings.member_number_first, settings.member_number_last)
    if number is None:
        text = _("The store's block of member numbers is used up. Set another one in the settings.")
        return Refused(code="no_numbers", explanation=text)
    width = len(str(settings.member_number_last))
    joined_on = views.local_date(work).isoformat()
    member = replace(member, number=f"{number:0{width}d}")
    member_id = tables.insert(work, member, joined_on)
    tables.count_change(work.db)
    referrer_id = MemberId(referrer) if referrer is not None else None
    work.record(MemberRegistered(member_id=member_id, number=member.number, referrer_id=referrer_id))
    return views.found(work, member_id)


def _referrer(work: Work, typed: str) -> int | Refused | None:
    typed = typed.strip()
    if not typed:
        return None
    holder = tables.by_phone(work.db, plain_phone(typed))
    found = holder["member_id"] if holder is not None else tables.by_number(work.db, typed)
    if found is None:
        text = _("No member has the number or phone {typed}. Leave it empty if nobody brought them.")
        return Refused(code="no_such_referrer", field="referrer", explanation=text.format(typed=typed))
    member = served(work.db, found)
    return member if isinstance(member, Refused) else member.member_id


def _pinyin(given: str, name: str) -> str:
    return " ".join(given.lower().replace("ü", "v").split()) or pinyin_of(name)


def _extras(work: Work, given: tuple[ExtraValue, ...]) -> tuple[tuple[str, str], ...]:
    fields = tables.extra_fields(work.db)
    values = {
        each.field: stored_value(fields[each.field], each.value) if each.field in fields else each.value
        for each in given
        if each.value.strip()
    }
    return tuple(sorted(values.items()))


def clean_tags(tags: tuple[str, ...]) -> tuple[str, ...]:
    """Return the tags without blanks and doubles, by the alphabet."""
    return tuple(sorted({tag.strip() for tag in tags if tag.strip()}))


def member_problem(work: Work, member: Member, member_id: int | None) -> Refused | None:
    """Return what is wrong with a member, alone or beside the others; a clash names who has the phone."""
    fields = tables.extra_fields(work.db)
    for wrong in problems(member, fields, views.local_date(work)):
        return Refused(code=wrong.code, field=wrong.field, explanation=wrong.words)
    holder = tables.by_phone(work.db, member.phone)
    if holder is not None and holder["member_id"] != member_id:
        text = _("The phone belongs to {name}, member {number}. Is it the same person?")
        words = text.format(name=holder["name"], number=holder["number"])
        return Refused(code="phone_used", field="phone", explanation=words)
    return None


def change_member(work: Work, command: ChangeMember) -> Answer:
    """Change what is known of an active member."""
    refused = import_running(work) or _not_changeable(work, command)
    if refused:
        return refused
    old = tables.load(work.db, command.member_id)
    assert old is not None
    new = _changed(work, command, old)
    wrong = member_problem(work, new, command.member_id)
    if wrong is not None:
        return wrong
    names = tuple(name for name in (*COLUMNS, "extras") if getattr(old, name) != getattr(new, name))
    if names:
        tables.update(work.db, command.member_id, old, new)
        tables.count_change(work.db)
        work.record(MemberChanged(member_id=command.member_id, fields=names))
    return views.found(work, command.member_id)


def _not_changeable(work: Work, command: ChangeMember) -> Refused | None:
    row = tables.row_of(work.db, command.member_id)
    if row is None:
        return no_member()
    if row["state"] != "active":
        text = _("This membership has ended; nothing of it can be changed.")
        return Refused(code=f"member_{row['state']}", explanation=text)
    if command.version is not None and command.version != row["version"]:
        text = _("Somebody changed {name} in the meantime. Open it again, then make your change.")
        return Refused(code="changed_by_others", explanation=text.format(name=row["name"]))
    return None


def _changed(work: Work, command: ChangeMember, old: Member) -> Member:
    """Return the member after the change, texts trimmed; pinyin follows the name where none was given."""
    given = {
        name: str(getattr(command, name)).strip() for name in _TEXTS if getattr(command, name) is not None
    }
    new = replace(old, **given)  # type: ignore[arg-type]  # all of these are texts
    if command.phone is not None:
        new = replace(new, phone=plain_phone(command.phone))
    if command.extras is not None:
        new = replace(new, extras=_extras(work, command.extras))
    if command.pinyin is not None:
        return replace(new, pinyin=_pinyin(command.pinyin, new.name))
    return replace(new, pinyin=pinyin_of(new.name)) if new.name != old.name else new


def tag_member(work: Work, command: TagMember) -> Answer:
    """Give tags by hand, or take them off."""
    refused = import_running(work)
    if refused:
        return refused
    member = served(work.db, command.member_id)
    if isinstance(member, Refused):
        return member
    there = tables.load(work.db, member.member_id)
    assert there is not None
    tags = (set(there.tags) | set(clean_tags(command.add))) - set(clean_tags(command.remove))
    if len(tags) > TAGS_MOST:
        text = _("A member has at most {most} tags.").format(most=TAGS_MOST)
        return Refused(code="too_many_tags", field="add", explanation=text)
    if tags != set(there.tags):
        tables.set_tags(work.db, member.member_id, tags)
        tables.count_change(work.db)
        work.record(MemberChanged(member_id=member.member_id, fields=("tags",)))
    return views.found(work, member.member_id)


def list_tags(work: Work, query: ListTags) -> Answer:
    """All tags."""
    counts = tables.tag_counts(work.db)
    return Tags(tags=tuple(TagCount(tag=tag, members=count) for tag, count in counts.items()))


HANDLERS = {
    FindMembers: find_members,
    GetMember: get_member,
    LookAtProfile: look_at_profile,
    RegisterMember: register_member,
    ChangeMember: change_member,
    TagMember: tag_member,
    ListTags: list_tags,
    **field_commands.HANDLERS,
    **tier_commands.HANDLERS,
}
REMEMBERED = {MemberFound: Remembered(views.key_of, views.again)}
