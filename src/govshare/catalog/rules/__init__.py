"""What can be decided without a database: words, moves, contents, self-check, search words (CD2016-5, 13 to 17, 21)."""
