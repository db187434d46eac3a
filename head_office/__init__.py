"""The other end of the sync link: every store's day, in order, exactly once."""
