"""Amazon CloudWatch Logs: groups, streams, events, filter patterns and retention."""

from outcrop.operations import Service
from outcrop.services.logs import (
    filter_events,
    get_events,
    groups,
    live_tail,
    metric_filters,
    put_events,
    queries,
    retention,
    streams,
    subscription_filters,
    tags,
)
from outcrop.services.logs.quirks import LogsQuirks

SERVICE = Service.of(
    "logs",
    groups,
    streams,
    put_events,
    get_events,
    filter_events,
    live_tail,
    queries,
    metric_filters,
    subscription_filters,
    retention,
    tags,
    quirks=LogsQuirks(),
    on_start=retention.sweep_every_group,
)
