"""Amazon CloudWatch: metrics, metric math, alarms and dashboards."""

from outcrop.operations import Service
from outcrop.services.cloudwatch import (
    alarm_history,
    alarms,
    dashboards,
    get_metric_data,
    get_metric_statistics,
    list_metrics,
    put_metric_data,
    tags,
)

SERVICE = Service.of(
    "cloudwatch",
    put_metric_data,
    get_metric_statistics,
    get_metric_data,
    list_metrics,
    alarms,
    alarm_history,
    dashboards,
    tags,
)
