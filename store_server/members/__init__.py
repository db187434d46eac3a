"""Members: who they are, how they are found, and the tiers that their growth value gives them."""
