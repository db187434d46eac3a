"""The journal: a row per fact, numbered without a gap, hash-chained: audit trail and feed of head office."""
