"""Daily life of a running server: figures for Prometheus, status, back-pressure, a stop that loses nothing."""

from __future__ import annotations

import json
import socket
import threading
import time

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.core.cli.command import Server
from tests.e2e.test_post import row


def samples(url: str) -> dict[tuple[str, ...], float]:
    """{(name, label values…): value} of /-/metrics, labels by name: interface, outcome or result, partner."""
    reply = httpx.get(f"{url}/-/metrics")
    assert reply.status_code == 200
    families = text_string_to_metric_families(reply.text)
    found = [sample for family in families for sample in family.samples]
    return {(one.name, *(value for _, value in sorted(one.labels.items()))): one.value for one in found}


def site(server: Server, old: str, new: str) -> None:
    """Change config/site.yaml and activate it."""
    file = server.zc.home / "config" / "site.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    server.zc("reload")


def test_the_figures_are_those_of_what_was_posted(server: Server) -> None:
    token = server.token("county")
    url = f"{server.url}/api/preview"
    body = {"token": token, "bodys": [row("M1"), row("M2"), row("M3", totalweight="heavy")]}
    sent = httpx.post(url, json=body)
    again = httpx.post(url, json={"token": token, "bodys": [row("M1")]})
    httpx.post(url, json={"token": "guess", "bodys": [row("M4")]})
    got = samples(server.url)
    assert got["zc_posts_total", "preview", "partial", "county"] == 1
    assert got["zc_posts_total", "preview", "stored", "county"] == 1
    assert got["zc_posts_total", "preview", "token_wrong", ""] == 1
    counted = [got["zc_records_total", "preview", "county", name] for name in ("accepted", "duplicate", "refused")]
    assert counted == [2, 1, 1]
    assert got["zc_refused_records_total", "preview", "wrong_type", "county"] == 1
    assert got["zc_body_bytes_total", "preview", "county"] == len(sent.request.content) + len(again.request.content)
    assert got["zc_post_seconds_count", "preview"] == 3
    assert got["zc_snapshot",] == int(sent.headers["X-Snapshot"])
    assert (got["zc_held_bytes",], got["zc_queue_rows",], got["zc_problems", "error"]) == (0, 0, 0)
    assert got["zc_commit_seconds",] > 0
    assert abs(got["zc_partner_last_success_seconds", "county"] - time.time()) < 60
    said = server.zc.json("status")
    (county,) = said["partners"]
    assert (county["posts"], county["accepted"], county["error_share"]) == (2, 2, 0)
    assert [item["id"] for item in said["interfaces"]] == ["preview"]
    assert {item["job"] for item in said["jobs"]} >= {"monthly_full"}
    assert "county" in server.zc("status")


def test_only_declared_addresses_may_read_the_figures(server: Server) -> None:
    strange = httpx.get(f"{server.url}/-/metrics", headers={"X-Forwarded-For": "203.0.113.9"})
    assert strange.status_code == 403
    site(server, "listen:\n", "listen:\n  scrape: [10.0.0.0/8]\n")
    assert httpx.get(f"{server.url}/-/metrics").status_code == 403
    site(server, "scrape: [10.0.0.0/8]\n", 'scrape: [10.0.0.0/8]\n  trusted_proxies: ["127.0.0.1/32"]\n')
    inside = httpx.get(f"{server.url}/-/metrics", headers={"X-Forwarded-For": "10.1.2.3"})
    assert inside.status_code == 200


def slow_post(server: Server, length: int, sent: int) -> socket.socket:
    """A connection that says it will send `length` bytes and sends the first `sent`."""
    host, port = server.url.removeprefix("http://").split(":")
    connection = socket.create_connection((host, int(port)))
    head = f"POST /api/preview HTTP/1.1\r\nHost: {host}\r\nContent-Length: {length}\r\n\r\n"
    connection.sendall(head.encode() + b"x" * sent)
    return connection


def wait_for(server: Server, held: int) -> None:
    """Wait until the server holds at least so many bytes of bodies, or none where 0 is asked for."""
    while True:
        now = samples(server.url)["zc_held_bytes",]
        if now == 0 if held == 0 else now >= held:
            return
        time.sleep(0.05)


def test_more_than_memory_is_meant_for_is_answered_busy(server: Server) -> None:
    token = server.token()
    site(server, "listen:\n", "intake: {queue_mib: 1, body_mib: 2}\nlisten:\n")
    url, small = f"{server.url}/api/preview", {"token": token, "bodys": [row("P1")]}
    large = b" " * 400_000 + json.dumps(small).encode()
    with slow_post(server, 2_000_000, 1_900_000) as hog:
        wait_for(server, 1_900_000)
        refused = httpx.post(url, content=large)
        assert (refused.status_code, refused.json()["errorcode"]) == (503, "1110")
        assert int(refused.headers["Retry-After"]) >= 1
        assert httpx.post(url, json=small).json()["accepted"] == 1
        hog.sendall(b"x" * 100_000)
        wait_for(server, 0)
    assert httpx.post(url, content=large).json()["duplicates"] == 1
    assert httpx.get(f"{server.url}/-/health").json()["checks"]["store"] == ""


def test_a_stop_answers_all_that_it_took(server: Server) -> None:
    token = server.token()
    answered: list[int] = []
    gone = threading.Event()

    def send(worker: int) -> None:
        with httpx.Client() as client:
            for number in range(1_000):
                rows = [row(f"W{worker}-{number}-{index}") for index in range(50)]
                try:
                    reply = client.post(f"{server.url}/api/preview", json={"token": token, "bodys": rows})
                except httpx.TransportError:
                    return
                if reply.status_code == 503:
                    assert reply.headers["Connection"] == "close"
                    return
                assert reply.json()["accepted"] == 50
                answered.append(50)
                gone.set()

    workers = [threading.Thread(target=send, args=(number,)) for number in range(6)]
    for worker in workers:
        worker.start()
    gone.wait(30)
    assert server.stop() == 0
    for worker in workers:
        worker.join(30)
    stored = server.zc.json("find", "weighing", "--count")
    assert sum(answered) > 0
    assert stored == sum(answered)
