"""通知: what happened that concerns the person at the desk, and what of it was seen (PC-82)."""
