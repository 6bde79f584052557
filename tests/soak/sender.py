"""A station's sender: it numbers its weighings and sends again, unchanged, whatever was not acknowledged."""

from __future__ import annotations

import http.client
import json
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Event
from typing import Any
from urllib.parse import urlsplit

STATION = "DEMO-430481-01"
LARGEST_BATCH = 10
ANSWER_WITHIN_S = 30


def weighing(code: str, **other: Any) -> dict[str, Any]:
    """A weighing in the tender's names; the same code is always the same weighing."""
    return {
        "previewdate": "2026-11-01 08:30:00", "previewcode": code, "previewstationcode": STATION,
        "truckno": "湘D12345", "axisnum": 6, "speed": 43.5, "ianeno": 2, "totalweight": 52400, "overlimited": 3400,
        **other,
    }  # fmt: skip


@dataclass(frozen=True)
class Answer:
    """What a post was answered."""

    status: int
    headers: dict[str, str]
    body: dict[str, Any]


class Line:
    """One kept-alive HTTP connection to the server."""

    def __init__(self, url: str, token: str, path: str = "/api/preview") -> None:
        parts = urlsplit(url)
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=ANSWER_WITHIN_S)
        self._headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
        self._path = path

    def post(self, rows: list[dict[str, Any]]) -> Answer:
        """Post rows in one request. OSError or HTTPException where no answer comes."""
        self._connection.request("POST", self._path, json.dumps({"bodys": rows}), self._headers)
        response = self._connection.getresponse()
        body = json.loads(response.read())
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()


@dataclass
class Sender:
    """One station. `waiting` are the numbers sent and not acknowledged; the rest are figures since the last count."""

    name: str
    dice: random.Random
    last: int = 0
    waiting: list[int] = field(default_factory=list)
    confirmed: int = 0
    resent: int = 0
    duplicates: int = 0
    busy: int = 0
    faults: list[str] = field(default_factory=list)

    def code(self, number: int) -> str:
        """The record number of a weighing."""
        return f"{self.name}-{number:07d}"

    def codes(self, numbers: Iterable[int]) -> set[str]:
        """The record numbers of some weighings."""
        return {self.code(number) for number in numbers}

    @property
    def acknowledged(self) -> set[str]:
        """The record numbers that the server said are stored."""
        return self.codes(range(1, self.last + 1)) - self.codes(self.waiting)

    def count_afresh(self) -> None:
        """Set the figures to nothing."""
        self.confirmed = self.resent = self.duplicates = self.busy = 0

    def run(self, url: str, token: str, ended: Event) -> None:
        """Post until the server goes or `ended` is set; every fault of an answer is kept."""
        line = Line(url, token)
        try:
            while not ended.is_set():
                self._post(line)
        except (OSError, http.client.HTTPException):
            return  # what was under way stays waiting
        except Exception as error:
            self.faults.append(f"{type(error).__name__}: {error}")
        finally:
            line.close()

    def _post(self, line: Line) -> None:
        """Post the oldest that wait, or new ones: one alone half of the time, else a batch."""
        size = 1 if self.dice.random() < 0.5 else self.dice.randint(2, LARGEST_BATCH)
        numbers = self.waiting[:size]
        if numbers:
            self.resent += len(numbers)
        else:
            numbers = list(range(self.last + 1, self.last + 1 + size))
            self.last += size
            self.waiting += numbers
        answer = line.post([weighing(self.code(number)) for number in numbers])
        if answer.status == http.client.SERVICE_UNAVAILABLE:
            self.busy += 1
            return
        there = answer.body.get("accepted", 0) + answer.body.get("duplicates", 0)
        if answer.status != http.client.OK or there != len(numbers):
            self.faults.append(f"{answer.status} {answer.body}")
            return
        self.confirmed += len(numbers)
        self.duplicates += answer.body["duplicates"]
        self.waiting = self.waiting[len(numbers) :]
