"""The counter: sign on, scan, take money, hand over the receipt."""
