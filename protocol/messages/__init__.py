"""The messages, one module per room. A message not in protocol/registry.py does not exist."""
