"""The rule set in force: which text, since when, until when (CD2016-42). Whether it was carried on is on file in ``duties``."""

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A text and its validity. ``edition`` counts our readings of the same text: it changes when a rule does."""

    regulation: str
    title: str
    issuer: str
    promulgated: date
    days_before_force: int
    years_valid: int
    edition: int

    def __str__(self) -> str:
        return f"{self.regulation}/{self.promulgated}/{self.edition}"

    @property
    def in_force_from(self) -> date:
        return self.promulgated + timedelta(days=self.days_before_force)

    @property
    def lapses_on(self) -> date:
        """The first day on which the text by itself is no longer in force."""
        start = self.in_force_from
        return start.replace(year=start.year + self.years_valid)

    @property
    def last_day(self) -> date:
        return self.lapses_on - timedelta(days=1)

    def in_force(self, day: date) -> bool:
        return self.in_force_from <= day < self.lapses_on


RULE_SETS = {
    "CD2016": RuleSet(
        regulation="CD2016",
        title="成都市政务信息资源共享管理暂行办法",
        issuer="成都市人民政府办公厅",
        promulgated=date(2016, 5, 26),
        days_before_force=30,
        years_valid=2,
        edition=1,
    ),
}

CURRENT = RULE_SETS["CD2016"]
RULE_SET = str(CURRENT)  # on every record
