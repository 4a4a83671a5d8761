"""The department's entries and their listing in the sharing catalog (CD2016-5, 7, 13-19, 21)."""
