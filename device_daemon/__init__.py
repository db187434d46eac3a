"""The lane's one owner of devices: it knows bytes and devices, never prices or members."""
