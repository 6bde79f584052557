"""A browser as the tests have one: cookies kept, the xsrf value sent back, an address of its own."""

from __future__ import annotations

import itertools
from typing import Any

import httpx

PASSWORD = "Ceshi-2026-kouling"  # noqa: S105 - of test users on a test site
_addresses = itertools.count(1)


class Browser:
    """One browser. The site believes the tests' X-Forwarded-For, so that each has its own share of every rate."""

    def __init__(self, url: str) -> None:
        number = next(_addresses)
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        self.url = url
        self.client = httpx.Client(base_url=url, timeout=60, headers={"X-Forwarded-For": address})

    def get(self, path: str, **more: Any) -> httpx.Response:
        """GET, redirects not followed."""
        return self.client.get(path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """POST JSON with the xsrf value that the cookie has."""
        headers = {"X-XSRF-Token": self.client.cookies.get("_xsrf") or "", **more.pop("headers", {})}
        return self.client.post(path, json={} if body is None else body, headers=headers, **more)

    def refused_early(self, path: str, body: Any) -> bool:
        """Whether a body that is too large was refused, in words or by closing the connection while it came."""
        try:
            return self.post(path, body).status_code in (400, 401, 413)
        except httpx.TransportError:
            return True

    def login(self, login: str, password: str = PASSWORD, **more: Any) -> httpx.Response:
        """See the login page, then log in."""
        self.get("/login")
        return self.post("/api/ui/login", {"login": login, "password": password, **more})

    @property
    def session(self) -> str | None:
        """The session's cookie."""
        return self.client.cookies.get("zc_session")

    @property
    def cookies(self) -> str:
        """All cookies as a header."""
        return "; ".join(f"{name}={value}" for name, value in self.client.cookies.items())

    def records(self, category: str, **query: Any) -> list[dict[str, Any]]:
        """Every record of a category that this person sees."""
        found: list[dict[str, Any]] = []
        after: dict[str, str] = {}
        while True:
            answered = self.get(f"/api/v1/categories/{category}", params={"limit": 200, **query, **after})
            assert answered.status_code == 200, answered.text
            found += answered.json()["records"]
            if answered.json()["after"] is None:
                return found
            after = {"after": answered.json()["after"]}

    def close(self) -> None:
        """Close its connections."""
        self.client.close()
