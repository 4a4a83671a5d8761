"""How far the numbers of platform conventions may be set."""

#: What may be set, both included: beyond it nobody could sign in any more, or a term could not be counted.
BOUNDS = {
    "PC-12": (1, 366),
    "PC-13": (0, 720),
    "PC-14": (1, 480),
    "PC-15": (5, 1440),
    "PC-17": (30, 900),
    "PC-18": (10, 600),
    "PC-19": (1, 250),
    "PC-22": (1, 250),
    "PC-31": (1, 250),
    "PC-32": (0, 1),
    "PC-33": (1, 250),
    "PC-34": (1, 250),
    "PC-35": (1, 250),
    "PC-36": (1, 250),
    "PC-37": (1, 3653),
    "PC-38": (1, 366),
    "PC-39": (1, 20),
    "PC-41": (0, 100),
    "PC-42": (1, 1_000_000),
    "PC-45": (0, 1),
    "PC-51": (0, 100),
    "PC-52": (5, 3600),
    "PC-53": (1, 1440),
    "PC-56": (0, 100),
}
