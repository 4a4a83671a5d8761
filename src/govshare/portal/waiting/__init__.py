"""What waits for whom: one list out of all rooms, in the order in which it is due."""
