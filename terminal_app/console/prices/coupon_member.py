"""One member by what was typed of them: a number, a card, a phone, a name."""

from typing import Any

from protocol.language import _
from protocol.messages.base import Refused
from protocol.messages.members import FindMembers, MemberHit, MemberHits
from terminal_app.console.frame import Framed
from terminal_app.console.members.tiers_words import listed

_NAMED = 4


async def find_member(screen: Framed[Any], text: str, field: str) -> MemberHit | Refused:
    """Return the one member who fits; or the sentence for the field, which names those who could be meant."""
    answer = await screen.ask(FindMembers(text=text.strip()[:100], limit=_NAMED + 1), MemberHits)
    if isinstance(answer, Refused):
        return answer
    exact = [hit for hit in answer.hits if hit.number == text.strip()]
    hits = exact or list(answer.hits)
    if len(hits) == 1:
        return hits[0]
    if not hits:
        words = _("Nobody fits “{text}”. Type the member number, the phone or the name.").format(text=text)
    else:
        named = [f"{hit.number} {hit.name}" for hit in hits[:_NAMED]]
        if len(hits) > _NAMED or answer.more:
            named.append("…")
        words = _("Several fit: {members}. Type the number of one.").format(members=listed(named))
    return Refused(code="no_such_member", explanation=words, field=field)
