"""The store's one server: the only program that opens the store's database and decides about money."""
