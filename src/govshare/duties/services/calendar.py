"""The work calendar 「工作日历」: loaded from the State Council's yearly announcement, corrected by the authority."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction

from govshare.audit import services as audit
from govshare.duties import rules, seed
from govshare.duties.models import WorkDay, WorkYear
from govshare.duties.services import locks
from govshare.duties.services.clock import recount
from govshare.kernel.actor import Actor
from govshare.kernel.errors import Fault, Invalid, WrongState
from govshare.kernel.roles import Role
from govshare.regulation.words import said

LONGEST_SOURCE, LONGEST_NAME = 200, 40  # characters; what the columns hold
_MAY = (Role.AUTHORITY, Role.PLATFORM)


@transaction.atomic
def load_year(*, year: int, holidays: Mapping[date, str], workdays: Mapping[date, str], source: str, by: Actor, now: datetime) -> WorkYear:
    """Load the announcement ``source`` for ``year``, or load it again as amended; days map to the holiday's name.

    It may speak of the last December days of the year before. Provisional due dates become firm, shifted ones are counted again.
    """
    by.need(*_MAY, basis=rules.CALENDAR)
    _check_announcement(year, holidays, workdays, source)
    locks.hold_calendar_alone()
    said_before = list(WorkDay.objects.filter(year_id=year).values_list("date", flat=True))
    announced, _ = WorkYear.objects.update_or_create(year=year, defaults={"source": source, "loaded_at": now, "loaded_by": by.id})
    WorkDay.objects.filter(year_id=year).delete()
    days = [
        WorkDay(date=day, year_id=year, is_workday=is_workday, name=name)
        for is_workday, names in ((False, holidays), (True, workdays))
        for day, name in names.items()
    ]
    WorkDay.objects.bulk_create(
        days, update_conflicts=True, unique_fields=["date"], update_fields=["year", "is_workday", "name"]
    )  # a December day that the year before had named
    first = min([date(year, 1, 1), *said_before, *(day.date for day in days)])
    moved = recount(first=first, reason=f"公布{year}年节假日安排：{source}", by=by, now=now)
    audit.record(
        action="duties:calendar:load",
        basis=rules.CALENDAR,
        by=by,
        now=now,
        about=str(year),
        parties=sorted({duty.owner for duty in moved}),
        counts={"holidays": len(holidays), "workdays": len(workdays), "recounted": len(moved)},
        detail={"source": source},
    )
    return announced


@transaction.atomic
def change_day(*, day: date, is_workday: bool, name: str, source: str, by: Actor, now: datetime) -> None:
    """One day of a loaded year is a holiday or a working day after all, by ``source``; terms that reach it are counted again."""
    by.need(*_MAY, basis=rules.CALENDAR)
    source = said("source", source, basis=rules.CALENDAR, what="依据", longest=LONGEST_SOURCE)
    name = said("name", name, basis=rules.CALENDAR, what="名称", longest=LONGEST_NAME, required=False)
    locks.hold_calendar_alone()
    if not WorkYear.objects.filter(year=day.year).exists():
        raise WrongState(f"{day.year}年节假日安排尚未载入，请先载入该年度", basis=rules.CALENDAR)
    if is_workday == (day.weekday() < 5):
        WorkDay.objects.filter(date=day).delete()
    else:
        WorkDay.objects.update_or_create(date=day, defaults={"year_id": day.year, "is_workday": is_workday, "name": name})
    moved = recount(first=day, reason=f"{day}调整为{'工作日' if is_workday else '休息日'}：{source}", by=by, now=now)
    audit.record(
        action="duties:calendar:change-day",
        basis=rules.CALENDAR,
        by=by,
        now=now,
        about=str(day),
        parties=sorted({duty.owner for duty in moved}),
        counts={"recounted": len(moved)},
        detail={"source": source, "name": name, "is_workday": str(is_workday).lower()},
    )


@transaction.atomic
def load_known(*, by: Actor, now: datetime) -> list[int]:
    """Load the years that the package ``chinesecalendar`` knows and this platform does not; return them."""
    by.need(*_MAY, basis=rules.CALENDAR)
    here = set(WorkYear.objects.values_list("year", flat=True))
    new = {year: days for year, days in seed.announced().items() if year not in here}
    for year, (holidays, workdays) in new.items():
        load_year(year=year, holidays=holidays, workdays=workdays, source=seed.source(year), by=by, now=now)
    return list(new)


def _check_announcement(year: int, holidays: Mapping[date, str], workdays: Mapping[date, str], source: str) -> None:
    faults = []
    if not 0 < len(source.strip()) <= LONGEST_SOURCE:
        faults.append(Fault("source", f"请写明公布文件的名称和文号，最多 {LONGEST_SOURCE} 个字符"))
    if not holidays:
        faults.append(Fault("holidays", "节假日安排不能为空"))
    for place, days in (("holidays", holidays), ("workdays", workdays)):
        for day, name in days.items():
            if day.year != year and (day.year, day.month) != (year - 1, 12):
                faults.append(Fault(f"{place}.{day}", f"应在{year}年，或在上一年12月"))
            if not 0 < len(name.strip()) <= LONGEST_NAME:
                faults.append(Fault(f"{place}.{day}", f"请写明节日名称，最多 {LONGEST_NAME} 个字符"))
    faults += [Fault(f"workdays.{day}", "调休上班只能是周六或周日") for day in workdays if day.weekday() < 5]
    faults += [Fault(f"workdays.{day}", "同一天不能既放假又上班") for day in workdays if day in holidays]
    if faults:
        raise Invalid(f"{year}年节假日安排有误，请逐项改正", basis=rules.CALENDAR, faults=faults)
