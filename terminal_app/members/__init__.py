"""Members at the counter: found, registered, shown beside the sale, their cards and points."""
