"""The work calendar: a year day by day, how far a term runs, and what an announcement moves."""

from datetime import date, timedelta

import pytest

from govshare.duties import queries, seed, services
from govshare.duties.models import WorkDay, WorkYear
from govshare.duties.rules import reckon
from govshare.kernel.actor import PLATFORM
from govshare.kernel.clock import local_date, utc_now
from govshare.kernel.roles import Role
from govshare.kernel.workdays import WorkCalendar
from govshare.portal.calendar.forms import days_of, lines_of
from govshare.portal.calendar.grid import year_of
from govshare.regulation.articles import cite
from tests.portal.conftest import Site, Visitor, text

LAST = max(seed.announced())  # the last year that comes with the package
NEXT = LAST + 1


def announcement(**changes: str) -> dict[str, str]:
    first = date(NEXT, 3, 1)
    monday = first + timedelta(days=-first.weekday() % 7)
    return {
        "year": str(NEXT),
        "source": f"《国务院办公厅关于{NEXT}年部分节假日安排的通知》",
        "holidays": f"{NEXT}-01-01 元旦\n{monday} 至 {monday + timedelta(days=2)} 试验节",
        "workdays": f"{monday + timedelta(days=6)} 试验节",
        **changes,
    }


@pytest.mark.parametrize("year", [2024, LAST])
def test_a_year_shows_every_day_as_it_counts(registrar: Visitor, year):
    holidays, workdays = seed.announced()[year]
    page = registrar.open(f"/calendar/?year={year}").content.decode()

    days = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    usual = sum(day.weekday() < 5 and day not in holidays for day in days if day.year == year)
    expected = usual + sum(day.year == year for day in workdays)
    assert f'<b class="num">{expected}</b>' in page
    assert all(f'title="{day} {name}' in page for day, name in holidays.items() if day.year == year)
    assert page.count('class="dy makeup"') == sum(day.year == year for day in workdays) + 1  # and one in the key


@pytest.mark.article("PC-05")
def test_a_year_not_announced_is_marked_provisional(registrar: Visitor):
    page = text(registrar.open(f"/calendar/?year={NEXT}"))

    assert f"{NEXT}年节假日安排尚未公布或载入" in page


@pytest.mark.parametrize(
    "query",
    [
        "year=abc",
        "year=99999",
        "year=-1",
        "year=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94",
        "year=1900",
        "start=x&days=y",
        "days=99999&start=2026-01-01",
    ],
)
def test_nonsense_in_the_address_is_answered(registrar: Visitor, query):
    assert registrar.open(f"/calendar/?{query}").status_code == 200


@pytest.mark.article("PC-01", "CD2016-17")
def test_a_term_is_counted(registrar: Visitor):
    end = queries.due(date(LAST, 9, 25), 15).day

    page = text(registrar.open(f"/calendar/?start={LAST}-09-25&days=15"))

    assert f"止于 {end}" in page


@pytest.mark.article("PC-02")
def test_loading_a_year_makes_provisional_days_firm_and_shows_what_moved(site: Site, officer: Visitor, registrar: Visitor):
    first = date(NEXT, 3, 1)
    monday = first + timedelta(days=-first.weekday() % 7)
    term = (monday - local_date(utc_now())).days * 5 // 7  # ends about the holiday, whatever today is
    owner = str(site.cast.organization("provider").pk)
    duty = services.start(
        kind="test:notice",
        about="A",
        title="告知变更 A",
        owner=owner,
        basis=cite("CD2016-17"),
        working_days=max(term, 1),
        now=utc_now(),
        by=PLATFORM,
    )
    before = duty.due_on

    response = officer.send("/calendar/load/", announcement())

    assert response["Location"] == f"/calendar/?year={NEXT}"
    assert WorkYear.objects.get(year=NEXT).source.startswith("《国务院办公厅")
    duty.refresh_from_db()
    assert duty.due_on == reckon(queries.calendar(duty.counted_from), duty.counted_from, duty.counted_days).day
    moved = registrar.open("/calendar/moved.json").json()["items"]
    assert [(row["title"], row["due_before"], row["due_after"]) for row in moved] == [("告知变更 A", str(before), str(duty.due_on))]
    assert site.visitor("recipient", Role.REGISTRAR).open("/calendar/moved.json").json()["count"] == 0


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"holidays": "春节放七天"}, "第 1 行看不懂：春节放七天"),
        ({"holidays": f"{NEXT}-02-30 春节"}, "第 1 行看不懂"),
        ({"holidays": f"{NEXT}-01-01 元旦\n\n{NEXT}-10-07 至 {NEXT}-10-01 国庆"}, "第 3 行看不懂"),
        ({"holidays": f"{NEXT}-01-01 至 {NEXT}-12-31 放假"}, "第 1 行看不懂"),
        ({"holidays": f"{NEXT}-01-01"}, "请写明节日名称"),
        ({"holidays": "2019-01-01 元旦"}, f"应在{NEXT}年"),
        ({"holidays": ""}, "请填写"),
        ({"workdays": f"{NEXT}-01-04 元旦\n{NEXT}-01-05 元旦\n{NEXT}-01-06 元旦"}, "调休上班只能是周六或周日"),
        ({"source": ""}, "请填写"),
        ({"year": "99999"}, ""),
        ({"year": "x"}, ""),
        ({"holidays": "<script>alert(1)</script>"}, "第 1 行看不懂"),
        ({"holidays": "长" * 10_000}, ""),
    ],
)
def test_a_wrong_announcement_is_told_line_by_line_and_kept_as_typed(officer: Visitor, changes, said):
    response = officer.send("/calendar/load/", announcement(**changes))

    assert response.status_code == 422
    assert said in text(response)
    assert "<script>alert" not in response.content.decode()
    assert not WorkYear.objects.filter(year=NEXT).exists()


def test_an_amended_announcement_starts_from_what_is_loaded(officer: Visitor):
    page = officer.open(f"/calendar/load/?year={LAST}").content.decode()

    assert seed.source(LAST)[:20] in page
    assert all(name in page for name in set(seed.announced()[LAST][0].values()))


def test_years_that_come_with_the_package_load_at_once(officer: Visitor, registrar: Visitor):
    assert officer.send("/calendar/known/").status_code == 302
    assert "没有新的" in text(officer.open("/calendar/"))
    assert registrar.send("/calendar/known/").status_code == 403


def test_one_day_is_changed_with_its_source(officer: Visitor):
    day = next(each for each in (date(LAST, 6, 1) + timedelta(days=n) for n in range(9)) if each.weekday() == 2)

    response = officer.send("/calendar/day/", {"day": str(day), "becomes": "holiday", "name": "大运会", "source": "市政府公告第3号"})

    assert response["Location"] == f"/calendar/?year={LAST}"
    assert WorkDay.objects.get(date=day).is_workday is False
    assert f'title="{day} 大运会"' in officer.open(f"/calendar/?year={LAST}").content.decode()


def test_a_day_of_a_year_not_loaded_is_refused_in_words(officer: Visitor):
    response = officer.send("/calendar/day/", {"day": f"{NEXT}-06-03", "becomes": "holiday", "name": "", "source": "公告"})

    assert response.status_code == 409
    assert "请先载入该年度" in text(response)


@pytest.mark.parametrize(
    ("line", "days"),
    [
        ("2027-01-01 元旦", {date(2027, 1, 1): "元旦"}),
        ("2027年1月1日 元旦", {date(2027, 1, 1): "元旦"}),
        ("2027/2/6-2027/2/7，春节", {date(2027, 2, 6): "春节", date(2027, 2, 7): "春节"}),
        ("2027.2.6～2027.2.7 春节", {date(2027, 2, 6): "春节", date(2027, 2, 7): "春节"}),
        ("2027-05-01", {date(2027, 5, 1): ""}),
    ],
)
def test_an_announcement_is_typed_as_people_write_it(line, days):
    assert days_of(line) == days


@pytest.mark.parametrize("year", seed.announced())
def test_what_is_written_is_read_again(year):
    holidays, _ = seed.announced()[year]

    assert {day: name for line in lines_of(holidays).splitlines() for day, name in days_of(line).items()} == holidays


def test_a_grid_holds_every_day_once_in_its_weekday():
    months = year_of(2028, WorkCalendar(frozenset(), {}), {}, {date(2028, 2, 29): 3}, today=date(2028, 2, 29))

    days = [day for month in months for week in month.weeks for day in week if day]
    assert [day.date for day in days] == [date(2028, 1, 1) + timedelta(days=n) for n in range(366)]
    assert all(week[n] is None or week[n].date.weekday() == n for month in months for week in month.weeks for n in range(7))
    assert [(day.due, day.today) for day in days if day.date == date(2028, 2, 29)] == [(3, True)]
