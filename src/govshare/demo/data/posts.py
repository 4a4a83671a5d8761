"""Who came and went in the year. Plain tables; days as in the agenda, counted from the end when negative."""

#: Body, role → the day on which the first holder handed over and left.
HANDED_OVER = {
    ("civil", "resource_admin"): 120,
    ("police", "resource_admin"): -4,
    ("commerce", "resource_admin"): 90,
    ("water", "registrar"): 160,
    ("tax", "resource_admin"): -3,
    ("sport", "resource_admin"): -9,
    ("culture", "reviewer"): 200,
    ("shuangliu", "registrar"): 140,
}
#: Of resource administrators: not filed with the authority yet, though it is owed (CD2016-29.2).
NOT_FILED = frozenset({"police", "tax", "sport"})

#: Body, post, who stands in (by the own post), first day, calendar days.
STAND_INS = (
    ("labour", "reviewer", "registrar", -3, 20),
    ("market", "resource_admin", "reviewer", 100, 15),
    ("health", "resource_admin", "registrar", -5, 30),
    ("transport", "reviewer", "registrar", 150, 30),
    ("jinjiang", "reviewer", "registrar", -2, 14),
)

#: Body, post, day: showed up with a renewed certificate for a new key; the first ones were confirmed.
RENEWED = (("education", "registrar", 170), ("fund", "registrar", -2), ("housing", "reviewer", -1), ("shuangliu", "leader", -3))
CONFIRMED = frozenset({"education"})
