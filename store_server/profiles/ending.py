"""How a membership ends, and how two become one; the books stay whole under the number."""

from dataclasses import replace
from typing import Any

from protocol.identifiers import MemberId
from protocol.language import _, speaking
from protocol.messages.base import Answer, Refused
from protocol.messages.members import (
    MemberState,
    MemberStateChanged,
)
from protocol.messages.profiles import (
    CloseMember,
    EraseMember,
    MergeMembers,
    ReopenMember,
)
from store_server.cards import tables as cards
from store_server.database.unit_of_work import Work
from store_server.members import standing, tables, views
from store_server.members.commands import import_running, member_problem, no_member
from store_server.members.reading import served
from store_server.members.rules import Member


def _reason_needed(reason: str) -> Refused | None:
    if reason.strip():
        return None
    text = _("Please say why; it is kept with the member.")
    return Refused(code="reason_needed", field="reason", explanation=text)


def _ended(work: Work, member_id: MemberId, state: MemberState, merged_into: MemberId | None = None) -> None:
    tables.count_change(work.db)
    work.record(MemberStateChanged(member_id=member_id, state=state, merged_into=merged_into))


def _return_cards(work: Work, member_id: int, reason: str) -> None:
    for card in cards.in_use(work.db, member_id):
        cards.act(work, card, "returned", reason)


def close_member(work: Work, command: CloseMember) -> Answer:
    """End a membership at the member's wish."""
    refused = import_running(work) or _reason_needed(command.reason)
    if refused:
        return refused
    row = tables.row_of(work.db, command.member_id)
    if row is None:
        return no_member()
    if row["state"] != "active":
        return _ended_already(row["number"])
    _return_cards(work, command.member_id, command.reason.strip())
    tables.end(work, command.member_id, "closed", None, command.reason.strip())
    _ended(work, command.member_id, MemberState.CLOSED)
    return views.found(work, command.member_id)


def _ended_already(number: str) -> Refused:
    text = _("The membership {number} has ended already.").format(number=number)
    return Refused(code="not_active", explanation=text)


def reopen_member(work: Work, command: ReopenMember) -> Answer:
    """Open a closed membership again, unless another member has the phone by now."""
    refused = import_running(work) or _reason_needed(command.reason)
    if refused:
        return refused
    row, member = tables.row_of(work.db, command.member_id), tables.load(work.db, command.member_id)
    if row is None or member is None:
        return no_member()
    if row["state"] != "closed":
        text = _("Only a closed membership can be opened again.")
        return Refused(code=f"member_{row['state']}", explanation=text)
    clash = member_problem(work, member, command.member_id)
    if clash is not None:
        return clash
    tables.end(work, command.member_id, "active", None, command.reason.strip())
    _ended(work, command.member_id, MemberState.ACTIVE)
    return views.found(work, command.member_id)


def merge_members(work: Work, command: MergeMembers) -> Answer:
    """Make one member of two: cards, growth and history go over by new rows, both numbers find one."""
    refused = import_running(work) or _reason_needed(command.reason)
    if refused:
        return refused
    kept, gone = served(work.db, command.keep_id), served(work.db, command.merge_id)
    if isinstance(kept, Refused):
        return kept
    if isinstance(gone, Refused):
        return gone
    if kept.member_id == gone.member_id:
        text = _("These are one member already.")
        return Refused(code="same_member", field="merge_id", explanation=text)
    reason = command.reason.strip()
    old, other = tables.load(work.db, kept.member_id), tables.load(work.db, gone.member_id)
    assert old is not None
    assert other is not None
    # A tag by rule comes again by its rule, or does not; handed over it would stay for good.
    other = replace(other, tags=tuple(set(other.tags) - tables.tags_by_rule(work.db, gone.member_id)))
    for card in cards.all_rows(work.db, gone.member_id):
        cards.move(work, card, kept.member_id, reason)
    tables.end(work, gone.member_id, "merged", kept.member_id, reason)
    tables.update(work.db, kept.member_id, old, _together(old, other))
    tables.restore_keys(work.db, kept.member_id)
    with speaking(work.settings.language):
        words = _("Merged with member {number}: {reason}").format(number=gone.number, reason=reason)
    today = views.local_date(work).isoformat()
    standing.hand_over(work, kept.member_id, gone.member_id, today, words[:200])
    _ended(work, gone.member_id, MemberState.MERGED, kept.member_id)
    return views.found(work, kept.member_id)


def _together(kept: Member, gone: Member) -> Member:
    """Return the kept member with what only the other one told."""
    texts = ("phone", "birthday", "email", "address", "occupation", "income_band", "skin_condition", "note")
    told = {name: getattr(kept, name) or getattr(gone, name) for name in texts}
    return replace(
        kept,
        **told,
        gender=gone.gender if kept.gender == "unknown" else kept.gender,
        extras=tuple(sorted({**dict(gone.extras), **dict(kept.extras)}.items())),
        tags=tuple(sorted({*kept.tags, *gone.tags})),
    )


def erase_member(work: Work, command: EraseMember) -> Answer:
    """Erase all personal data of a member and of those who were merged into them."""
    refused = import_running(work) or _reason_needed(command.reason)
    if refused:
        return refused
    row = tables.row_of(work.db, command.member_id)
    if row is None:
        return no_member()
    if row["state"] not in ("active", "closed"):
        text = _("Member {number} has no personal data of their own any more.")
        return Refused(code=f"member_{row['state']}", explanation=text.format(number=row["number"]))
    _return_cards(work, command.member_id, "")
    for each in (command.member_id, *tables.merged_ids(work.db, command.member_id)):
        cards.forget(work, each)
        standing.forget_reasons(work.db, each)
        tables.forget(work, each)
    tables.note_event(work, command.member_id, "erased", command.reason.strip())
    _ended(work, command.member_id, MemberState.ERASED)
    return views.found(work, command.member_id)


HANDLERS: dict[type[Any], Any] = {
    CloseMember: close_member,
    ReopenMember: reopen_member,
    MergeMembers: merge_members,
    EraseMember: erase_member,
}
