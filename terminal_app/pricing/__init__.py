"""Prices at the counter: why something costs what it costs, coupons, money and points, quotations."""
