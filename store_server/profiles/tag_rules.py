"""Tags that a filter gives: calculated once per business day, some thousand members at a time."""

import json
from datetime import date
from typing import Any

from protocol.language import _
from protocol.messages.base import Answer, Refused
from protocol.messages.profiles import (
    DeleteTagRule,
    ListTagRules,
    MemberFilter,
    SaveTagRule,
    TagRules,
    TagRuleView,
)
from store_server.database.unit_of_work import Work
from store_server.members import tables
from store_server.profiles.segments import fitting, slice_end

NEXT_RULE = "SELECT tag, filter, ends FROM tag_rules WHERE tag >= ? ORDER BY tag LIMIT 1"


def apply(work: Work, day: date, place: str) -> str | None:
    """Bring a tag by rule up to date for some members; return where to go on, None when all are done."""
    tag, after = json.loads(place) if place else ("", 0)
    rule = work.db.execute(NEXT_RULE, (tag,)).fetchone()
    if rule is None:
        return None
    after = after if rule["tag"] == tag else 0
    end, more = slice_end(work, after)
    if end is not None:
        wanted = MemberFilter.model_validate_json(rule["filter"])
        found = (
            [] if rule["ends"] else [row["member_id"] for row, _r, _a in fitting(work, wanted, after, end)]
        )
        tables.tag_by_rule(work.db, rule["tag"], found, after, end)
    if more:
        return json.dumps((rule["tag"], end))
    if rule["ends"]:
        work.db.execute("DELETE FROM tag_rules WHERE tag = ?", (rule["tag"],))
    return json.dumps((rule["tag"] + "\0", 0))


def _rules(work: Work) -> TagRules:
    rows = work.db.execute("SELECT tag, filter FROM tag_rules WHERE NOT ends ORDER BY tag")
    return TagRules(
        rules=tuple(TagRuleView(tag=row[0], filter=MemberFilter.model_validate_json(row[1])) for row in rows)
    )


def list_tag_rules(work: Work, query: ListTagRules) -> Answer:
    """The tags that are given by rule."""
    return _rules(work)


def save_tag_rule(work: Work, command: SaveTagRule) -> Answer:
    """Give a tag by rule from the next daily calculation on."""
    tag, wanted = command.rule.tag.strip(), command.rule.filter
    if not tag or not tag.isprintable():
        return Refused(code="bad_tag", field="rule", explanation=_("A tag needs a name."))
    if tag in wanted.tags:
        text = _("The rule of a tag cannot ask for the tag itself.")
        return Refused(code="circle", field="rule", explanation=text)
    body = wanted.model_dump_json(exclude_defaults=True)
    work.db.execute("INSERT OR REPLACE INTO tag_rules VALUES (?,?,0)", (tag, body))
    return _rules(work)


def delete_tag_rule(work: Work, command: DeleteTagRule) -> Answer:
    """Let the next daily calculation take the tag off those who had it by rule."""
    ended = work.db.execute(
        "UPDATE tag_rules SET ends = 1 WHERE tag = ? AND NOT ends", (command.tag.strip(),)
    )
    if not ended.rowcount:
        return Refused(code="no_such_rule", explanation=_("This tag is not given by a rule."))
    return _rules(work)


HANDLERS: dict[type[Any], Any] = {
    ListTagRules: list_tag_rules,
    SaveTagRule: save_tag_rule,
    DeleteTagRule: delete_tag_rule,
}
