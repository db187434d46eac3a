"""Business day, cashier shift and drawer."""
