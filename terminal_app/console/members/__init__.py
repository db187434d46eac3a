"""Members in the back room: lists, profiles, rules of tiers and points."""
