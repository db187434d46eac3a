"""The store as a whole: settings, terminals, lanes, training, backups, the check of the books."""
