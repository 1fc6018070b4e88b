"""Prometheus metrics every process exposes."""

from prometheus_client import Counter, Gauge, Histogram

HANDLER_SECONDS = Histogram(
    "huotong_handler_seconds",
    "Time from start to commit of one handler call",
    ["service", "handler", "outcome"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
REQUEST_SECONDS = Histogram("huotong_http_request_seconds", "Time to answer an HTTP request", ["operation", "status"])
OUTBOX_UNSENT = Gauge("huotong_outbox_unsent", "Facts committed and not yet confirmed by the broker", ["service"])
OUTBOX_AGE = Gauge("huotong_outbox_age_seconds", "Age of the oldest fact not yet confirmed", ["service"])
PARKED = Gauge("huotong_parked", "Events waiting for another fact", ["service"])
DEAD = Gauge("huotong_dead_letters", "Events that could not be taken in and await an operator", ["service"])
QUEUE_DEPTH = Gauge("huotong_queue_depth", "Messages ready in a consumer's queue", ["queue"])
RETRIES = Counter("huotong_retries_total", "Deliveries put back after a passing fault", ["service"])
