"""The device interfaces of a lane, in UnifiedPOS's words."""
