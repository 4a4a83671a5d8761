"""The law as data: the text, ``cite("CD2016-17")``, ``convention("PC-07")``, seeds of the work calendar. No tables."""
