"""Stock: what is there, and every movement that made it so."""
