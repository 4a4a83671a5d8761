"""What papers are, how they are numbered, what they say and what comes back sealed. Pure."""
