"""The department's entries and their listing in the city's sharing catalog (CD2016-5, 7, 8, 13 to 19, 21)."""
