"""What Prometheus reads: requests, counted here, and figures that are handed in. Wraps prometheus-client.

Each web process counts its own requests. Where PROMETHEUS_MULTIPROC_DIR names a folder, they count together in its
files; it must be empty when they start.
"""

import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from prometheus_client import CollectorRegistry, Counter, Histogram, Summary, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from forum.infra import logs, private_files

log = logging.getLogger(__name__)
CONTENT_TYPE = CONTENT_TYPE_LATEST
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
NO_ROUTE = "none"  # an address that belongs to no page: never the address itself

disable_created_metrics()
_registry = CollectorRegistry()
_requests = Counter(
    "leerkring_requests_total", "Requests answered.", ("method", "route", "status"), registry=_registry
)
_duration = Histogram(
    "leerkring_request_duration_seconds",
    "How long requests took.",
    ("method", "route"),
    buckets=SECONDS,
    registry=_registry,
)
_queries = Summary(
    "leerkring_request_queries",
    "Queries to the database in requests.",
    ("method", "route"),
    registry=_registry,
)
_kept: dict[tuple[str, str, int], tuple[Any, Any, Any]] = {}


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of this moment: its name, what it is, and its value for each set of labels."""

    name: str
    what: str
    values: Mapping[Any, float]  # by the values of its labels, a tuple
    labels: tuple[str, ...] = field(default=())


def init_app(app: Flask) -> None:
    """Count the requests of this application."""
    if folder := _shared():
        try:
            private_files.make_folder(Path(folder))
        except private_files.Unwritable as error:
            log.error("Requests are not counted: %s", error)
            return
    app.after_request(_count)


def text(figures: Iterable[Figure]) -> bytes:
    """Return the requests that were counted and these figures in the text format of Prometheus."""
    registry = _registry
    if _shared():
        registry = CollectorRegistry()
        MultiProcessCollector(registry)
    of_moment = CollectorRegistry()
    of_moment.register(_Handed(figures))
    return generate_latest(registry) + generate_latest(of_moment)


def _shared() -> str:
    """The folder in which processes count together; prometheus-client reads this setting by itself."""
    return os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")


class _Handed(Collector):
    """The figures that were handed in, as prometheus-client wants to collect them."""

    def __init__(self, figures: Iterable[Figure]) -> None:
        self._figures = list(figures)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for figure in self._figures:
            family = GaugeMetricFamily(figure.name, figure.what, labels=figure.labels)
            for labels, value in figure.values.items():
                family.add_metric(labels, value)
            yield family


def _count(response: Response) -> Response:
    method = request.method if request.method in logs.METHODS else "other"
    rule = request.url_rule
    key = (method, rule.rule if rule is not None else NO_ROUTE, response.status_code // 100)
    counters = _kept.get(key)
    if counters is None:  # finding them by their labels costs more than counting
        place = key[:2]
        counters = (
            _requests.labels(*place, f"{key[2]}xx"),
            _duration.labels(*place),
            _queries.labels(*place),
        )
        _kept[key] = counters
    seconds, queries = logs.spent()
    counters[0].inc()
    counters[1].observe(seconds)
    counters[2].observe(queries)
    return response
