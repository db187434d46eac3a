"""A walk through the members by a filter: asked for piece by piece, so that it can stop after each."""

from protocol.messages.profiles import ListMembers, MemberFilter, MemberRow, MemberRows

PIECE_ROWS = 200
EVERYBODY = MemberFilter()
"""All active members."""


class Looking:
    """What a filter has found so far, and where to ask on."""

    def __init__(self, wanted: MemberFilter) -> None:
        """Begin with the member who registered first."""
        self.filter = wanted
        self.rows: list[MemberRow] = []
        self.looked_at = 0
        """The members up to here have been looked at; members are counted as they register."""
        self.complete = False

    def request(self) -> ListMembers:
        """Return what to ask next."""
        return ListMembers(filter=self.filter, after_id=self.looked_at, limit=PIECE_ROWS)

    def take(self, answer: MemberRows) -> None:
        """Take a piece."""
        self.rows.extend(answer.rows)
        if answer.next_id is None:
            self.complete = True
        else:
            self.looked_at = answer.next_id

    def fraction_ppm(self, members: int) -> int:
        """Return how far it is, in parts per million, where the store has so many members."""
        if self.complete:
            return 1_000_000
        return min(990_000, self.looked_at * 1_000_000 // members) if members > 0 else 0
