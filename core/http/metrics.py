"""/-/metrics: figures for Prometheus, in a registry of this server's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from core.run.live import Platform
from core.run.pulling import Course
from core.run.traffic import Answered, Traffic

if TYPE_CHECKING:
    from core.http.ingest import Intake

PLACE = ("interface", "partner")
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class Metrics:
    """Counters of posts. `partner` is empty where a post did not say who sent it, so that labels stay as few as the
    declarations."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        made = self.registry
        ProcessCollector(registry=made)
        self.posts = Counter("zc_posts", "Posts answered, by what became of them", (*PLACE, "outcome"), registry=made)
        self.records = Counter("zc_records", "Records: accepted, duplicate, refused", (*PLACE, "result"), registry=made)
        self.refused = Counter(
            "zc_refused_records", "Refused records, by the first reason", (*PLACE, "outcome"), registry=made
        )
        self.bytes = Counter("zc_body_bytes", "Bytes of bodies, as sent", PLACE, registry=made)
        words = "Connections closed unasked: address (too many from one), rate (too many requests), room (made), full"
        self.closed = Counter("zc_connections_closed", words, ("why",), registry=made)
        self.seconds = Histogram(
            "zc_post_seconds", "From the whole body to the whole answer", ("interface",), buckets=SECONDS, registry=made
        )

    def count(self, answered: Answered) -> None:
        """Count one answered post."""
        post = answered.post
        place = (post.interface.id, post.claimed)
        self.posts.labels(*place, post.outcome).inc()
        self.bytes.labels(*place).inc(len(post.body))
        self.seconds.labels(post.interface.id).observe(answered.seconds)
        results = {"accepted": answered.accepted, "duplicate": answered.duplicates, "refused": answered.refused}
        for result, number in results.items():
            if number:
                self.records.labels(*place, result).inc(number)
        for refusal in post.refusals:
            self.refused.labels(*place, refusal.problems[0]["outcome"]).inc()


class Figures(Collector):
    """What is read off the platform at the moment of asking."""

    def __init__(self, platform: Platform, intake: Intake) -> None:
        self.platform = platform
        self.intake = intake

    def collect(self) -> Iterator[Metric]:
        """Gauges of the writer, the snapshot and the traffic."""
        health, snapshot = self.platform.store.writer.health(), self.platform.snapshot
        gauges = {
            "zc_queue_rows": ("Rows that wait for the writer", health.queued_rows),
            "zc_held_bytes": ("Bytes of posts that are read, taken or stored just now", self.intake.held_bytes),
            "zc_commit_seconds": ("How long the last commit took", health.last_commit_ms / 1000),
            "zc_store_unavailable": ("1 where the last write found no database", int(bool(health.unavailable))),
            "zc_snapshot": ("Number of the snapshot in force", snapshot.number),
            "zc_last_good": ("1 where the files on disk are bad and the last good ones run", int(snapshot.last_good)),
        }
        for name, (words, value) in gauges.items():
            yield GaugeMetricFamily(name, words, value)
        totals = {"zc_commits": ("Commits", health.groups), "zc_failed_commits": ("Undone", health.failed_groups)}
        for name, (words, value) in totals.items():
            yield CounterMetricFamily(name, words, value)
        yield from self._problems()
        yield from _last_successes(self.platform.traffic)
        yield from _pulls(self.platform.pulling.figures())

    def _problems(self) -> Iterator[Metric]:
        problems = GaugeMetricFamily("zc_problems", "Problems of the declarations on disk", labels=("level",))
        levels = [problem.level for problem in self.platform.problems]
        for level in ("error", "warning"):
            problems.add_metric((level,), levels.count(level))
        yield problems
        faults = CounterMetricFamily("zc_faults", "Exceptions of plugins", labels=("plugin", "what"))
        for row in self.platform.faults.rows():
            faults.add_metric((row["plugin"], row["what"]), row["count"])
        yield faults


def _last_successes(traffic: Traffic) -> Iterator[Metric]:
    for label, counters in (("interface", traffic.interfaces), ("partner", traffic.partners)):
        words = f"When records of the {label} last were stored or known, seconds since 1970"
        family = GaugeMetricFamily(f"zc_{label}_last_success_seconds", words, labels=(label,))
        for name, counter in dict(counters).items():
            if counter.last_success_ms is not None:
                family.add_metric((name,), counter.last_success_ms / 1000)
        yield family


def _pulls(courses: Mapping[str, Course]) -> Iterator[Metric]:
    labels = ("interface",)
    pulls = CounterMetricFamily("zc_pulls", "Pulls, by how they ended", labels=(*labels, "result"))
    words = "When the interface was last pulled to the end, seconds since 1970"
    last = GaugeMetricFamily("zc_pull_last_success_seconds", words, labels=labels)
    for name, course in courses.items():
        pulls.add_metric((name, "good"), course.good)
        pulls.add_metric((name, "failed"), course.failed)
        if course.last_success_ms is not None:
            last.add_metric((name,), course.last_success_ms / 1000)
    yield from (pulls, last)
