"""Goods that come back: refunds, exchanges, refunds without a receipt, at the counter."""
