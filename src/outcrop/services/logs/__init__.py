"""Amazon CloudWatch Logs: groups, streams, events, filter patterns, retention and exports."""

from outcrop.operations import Backends, Service
from outcrop.services.logs import (
    export_tasks,
    filter_events,
    get_events,
    group_fields,
    groups,
    live_tail,
    metric_filters,
    put_events,
    queries,
    query_definitions,
    retention,
    streams,
    subscription_filters,
    tags,
)
from outcrop.services.logs.quirks import LogsQuirks


async def start_up(backends: Backends) -> None:
    """Go on with what an earlier server left."""
    await export_tasks.resume(backends)
    await retention.sweep_every_group(backends)


SERVICE = Service.of(
    "logs",
    groups,
    streams,
    put_events,
    get_events,
    filter_events,
    live_tail,
    queries,
    query_definitions,
    group_fields,
    metric_filters,
    subscription_filters,
    retention,
    export_tasks,
    tags,
    quirks=LogsQuirks(),
    on_start=start_up,
)
