"""The State Council's arrangements as the package ``chinesecalendar`` knows them, to begin with. Pure: no database."""

from collections import defaultdict
from datetime import date
from importlib.metadata import version

from chinese_calendar.constants import holidays, workdays

FIRST_YEAR = 2016  # of the regulation

_NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "Mid-autumn Festival": "中秋节",
    "National Day": "国庆节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


def source(year: int) -> str:
    """The notice, and where its days were taken from."""
    return f"《国务院办公厅关于{year}年部分节假日安排的通知》（取自 chinesecalendar {version('chinesecalendar')}）"


def announced() -> dict[int, tuple[dict[date, str], dict[date, str]]]:
    """Year → holidays and working weekends, each day with its name."""
    years: dict[int, tuple[dict[date, str], dict[date, str]]] = defaultdict(lambda: ({}, {}))
    for place, days in enumerate((holidays, workdays)):
        for day, name in days.items():
            if day.year >= FIRST_YEAR:
                years[day.year][place][day] = _NAMES[name]
    return dict(sorted(years.items()))
