"""Coupons: batches, codes, issue, and their use, each code once."""
