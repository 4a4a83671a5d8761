"""The law as data: the text, ``cite("CD2016-17")``, ``convention("PC-01")``, secrecy markings, claims. No tables."""
