"""Metric math: expressions over time series.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""

from outcrop.services.cloudwatch.metric_math.evaluation import Environment, evaluate
from outcrop.services.cloudwatch.metric_math.parsing import ExpressionError, parse
from outcrop.services.cloudwatch.metric_math.series import TimeSeries, Value
from outcrop.services.cloudwatch.metric_math.tree import Node, names_in, uses

__all__ = [
    "Environment",
    "ExpressionError",
    "Node",
    "TimeSeries",
    "Value",
    "evaluate",
    "names_in",
    "parse",
    "uses",
]
