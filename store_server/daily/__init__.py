"""What the server does by itself once per business day, in small steps, and again after days switched off."""
