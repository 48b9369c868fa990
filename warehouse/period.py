"""A month, quarter, half year or year, as people write it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from warehouse.errors import UserFacingError


class PeriodError(UserFacingError):
    """Not a valid period."""

    exit_code = 2


@dataclass(frozen=True)
class Period:
    """name: `2018Q1`, `2018H1`, `2018-03` or `2018`.  start, end: first and last day.  months: its length."""

    name: str
    start: date
    months: int

    @classmethod
    def parse(cls, text: str) -> Period:
        """The period of a name; raises PeriodError."""
        if match := re.fullmatch(r"(\d{4})[Qq]([1-4])", text):
            year, quarter = int(match[1]), int(match[2])
            return cls(f"{year}Q{quarter}", date(year, 3 * quarter - 2, 1), 3)
        if match := re.fullmatch(r"(\d{4})[Hh]([12])", text):
            year, half = int(match[1]), int(match[2])
            return cls(f"{year}H{half}", date(year, 6 * half - 5, 1), 6)
        if match := re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text):
            return cls(text, date(int(match[1]), int(match[2]), 1), 1)
        if re.fullmatch(r"\d{4}", text):
            return cls(text, date(int(text), 1, 1), 12)
        raise PeriodError(
            f"{text!r} is not a period.",
            remedy="Write a quarter (2018Q1), a half year (2018H1), a month (2018-03) or a year.",
        )

    @property
    def end(self) -> date:
        """The last day."""
        month = self.start.month + self.months
        year, month = self.start.year + (month - 1) // 12, (month - 1) % 12 + 1
        return date(year, month, 1) - timedelta(days=1)

    @property
    def kind(self) -> str:
        """`month`, `quarter`, `half` or `year`."""
        return {1: "month", 3: "quarter", 6: "half", 12: "year"}[self.months]

    @property
    def before(self) -> Period:
        """The same period a year before."""
        year = self.start.year
        return Period.parse(self.name.replace(str(year), str(year - 1), 1))
