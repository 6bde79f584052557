"""Vendors' programs, simulated: one that does everything of the list, and five that have a fault each."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx

ZONE = ZoneInfo("Asia/Shanghai")
OWN, OTHERS = "DEMO-430481-01", "DEMO-430412-01"
BURST = 1_000  # posts in a row, many more than a sandbox partner may send in a minute


def written(at: datetime) -> str:
    """A time as the interface has it."""
    return f"{at:%Y-%m-%d %H:%M:%S}"


@dataclass
class Vendor:
    """A program that posts to the preview interface. Subclasses are the faulty ones."""

    url: str
    appid: str
    secret: str
    numbers: Any = field(default_factory=lambda: itertools.count(1))
    token: str = ""
    told_to_wait: bool = False

    def now(self) -> datetime:
        """What its clock says."""
        return datetime.now(ZONE)

    def row(self, **other: Any) -> dict[str, Any]:
        """A good record with a number of its own."""
        code = f"{self.appid}-{next(self.numbers)}"
        return {
            "previewdate": written(self.now()), "previewcode": code, "previewstationcode": OWN, "truckno": "湘D12345",
            "axisnum": 6, "totalweight": 30_000, **other,
        }  # fmt: skip

    def log_in(self, secret: str) -> None:
        """Buy a token."""
        reply = httpx.post(f"{self.url}/api/token", json={"appid": self.appid, "secret": secret}).json()
        self.token = reply.get("token", self.token)

    def post(self, rows: list[dict[str, Any]] | None = None, content: bytes | None = None) -> dict[str, Any]:
        """Send rows, or a body as it is; wait and send again where told to."""
        body: dict[str, Any] = {"content": content} if content is not None else {"json": {"bodys": rows}}
        headers = {"Authorization": f"Bearer {self.token}"}
        reply = httpx.post(f"{self.url}/api/preview", headers=headers, **body)
        wait_s = reply.headers.get("Retry-After")
        if wait_s:
            self.told_to_wait = True
            self.wait(int(wait_s))
            return self.post(rows, content)
        return reply.json()

    def wait(self, seconds: int) -> None:
        """Wait as told."""
        time.sleep(seconds + 0.05)

    def resend(self, rows: list[dict[str, Any]]) -> None:
        """Send again what may not have arrived."""
        self.post(rows)

    def correct(self, bad: dict[str, Any]) -> None:
        """Mend a refused record and send it again under its number."""
        self.post([{**bad, "totalweight": 30_000}])

    def good_posts(self) -> None:
        """What a day is made of."""
        self.post([self.row()])
        batch = [self.row(), self.row()]
        self.post(batch)
        self.resend(batch)
        self.post([self.row() for _ in range(100)])
        self.post([self.row(previewdate=written(self.now() - timedelta(hours=3)))])

    def bad_rows(self) -> None:
        """Every way in which a record can be wrong, and what is done then."""
        good = self.row()
        self.post([good, self.row(totalweight="heavy")])
        missing = self.row()
        del missing["totalweight"]
        self.post([missing])
        self.correct(missing)
        for other in (
            {"totalweight": -1}, {"totalweight": 30_000_000}, {"previewcode": "x" * 65}, {"previewdate": "yesterday"},
            {"previewstationcode": "NOWHERE"}, {"previewstationcode": OTHERS},
        ):  # fmt: skip
            self.post([self.row(**other)])
        self.change_content(good)

    def change_content(self, good: dict[str, Any]) -> None:
        """The same number with other content: to see that it is not taken."""
        self.post([{**good, "totalweight": 31_000}])

    def clocks(self) -> None:
        """Times that cannot be."""
        self.post([self.row(previewdate=written(self.now() + timedelta(hours=2)))])
        self.post([self.row(previewdate="2020-01-01 00:00:00")])

    def bodies(self) -> None:
        """Bodies that cannot be taken as a whole."""
        self.post(content=b"{")
        self.post(content=b"{}")
        self.post([{}] * 1001)

    def run(self) -> None:
        """Go through the list."""
        self.log_in("a wrong one")
        self.log_in(self.secret)
        self.good_posts()
        self.bad_rows()
        self.clocks()
        self.bodies()
        for _ in range(BURST):
            self.post([self.row()])
            if self.told_to_wait:
                break


class NeverAgain(Vendor):
    """Sends everything once: what was not answered is lost, what was refused stays so."""

    def resend(self, rows: list[dict[str, Any]]) -> None:
        """Do not."""

    def correct(self, bad: dict[str, Any]) -> None:
        """Do not."""


class Impatient(Vendor):
    """Does not wait when told to."""

    def wait(self, seconds: int) -> None:
        """Hardly."""
        time.sleep(0.02)


class WrongUnit(Vendor):
    """Takes grams for kilograms, so that nothing of it is ever stored."""

    def row(self, **other: Any) -> dict[str, Any]:
        """A record a thousand times too heavy."""
        return super().row(**{"totalweight": 30_000_000, **other})

    def correct(self, bad: dict[str, Any]) -> None:
        """Mend it in the same unit."""
        self.post([{**bad, "totalweight": 30_000_000}])

    def change_content(self, good: dict[str, Any]) -> None:
        """Other content in the same unit."""
        self.post([{**good, "totalweight": 31_000_000}])


class WrongClock(Vendor):
    """Its clock is two days ahead, so that nothing of it is ever late."""

    def now(self) -> datetime:
        """Two days later than it is."""
        return super().now() + timedelta(days=2)


class OneNumber(Vendor):
    """Gives every truck of a post the same number, so that no batch is ever stored as a whole."""

    def post(self, rows: list[dict[str, Any]] | None = None, content: bytes | None = None) -> dict[str, Any]:
        """Send rows under the number of the first."""
        same = [
            {**row, "previewcode": rows[0]["previewcode"], "truckno": f"湘D1{at:04d}"} if row else row
            for at, row in enumerate(rows or ())
        ]
        return super().post(same if rows is not None else None, content)


LACKS = {
    Vendor: set(),
    NeverAgain: {"resent", "corrected"},
    Impatient: {"waited"},
    WrongUnit: {
        "one_record", "batch", "large_batch", "resent", "partial", "conflict", "corrected", "waited", "late",
        "clock_ahead", "clock_stale", "unknown_ref", "station_denied",
    },
    WrongClock: {"late"},
    OneNumber: {"batch", "large_batch", "resent"},
}  # fmt: skip
"""The vendors, each with the cases that it cannot cover."""
