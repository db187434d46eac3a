"""Points: earned by rules that are data, kept in lots that expire, spent, given back, never from nowhere."""
