"""The ledger: accounts and postings that sum to zero. Every balance of money rests on it."""
