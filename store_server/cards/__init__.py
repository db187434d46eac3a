"""Member cards: replaceable tokens that name a member; every issue stays in the history."""
