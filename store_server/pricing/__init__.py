"""What things cost: pure rules."""
