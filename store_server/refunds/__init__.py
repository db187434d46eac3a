"""Refunds and exchanges: goods come back, what was paid for them goes back."""
