"""The journal: one row per fact, numbered from 1 without a gap, hash-chained. Audit trail and head office's feed."""
