"""Which settings of metric alarms can be evaluated.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

from outcrop.services.cloudwatch import shapes
from outcrop.services.cloudwatch.alarm_states import COMPARISONS
from outcrop.services.cloudwatch.periods import check_period
from outcrop.services.cloudwatch.statistics import PLAIN, statistic_of

UNAVAILABLE = ("ThresholdMetricId", "EvaluationWindow", "EvaluationCriteria")
"""What needs anomaly detection or an evaluation that Outcrop does not do."""
TREATMENTS = ("missing", "breaching", "notBreaching", "ignore")
DAY = 86_400
"""In seconds."""


def check_metric_alarm(request: shapes.PutMetricAlarmInput) -> None:
    """Check the settings of a metric alarm beyond the service model.

    Raises:
        ValidationException: Outcrop cannot evaluate them.
    """
    for name in UNAVAILABLE:
        if name in request:
            raise shapes.ValidationException(
                f"{name} is not available in Outcrop: alarms have fixed thresholds."
            )
    if request.get("ComparisonOperator") not in COMPARISONS or "Threshold" not in request:
        raise shapes.ValidationException(
            "Outcrop evaluates alarms with a Threshold and one of the operators"
            f" {', '.join(COMPARISONS)}."
        )
    if "EvaluationPeriods" not in request:
        raise shapes.MissingRequiredParameterException(
            "The parameter EvaluationPeriods is required."
        )
    if request.get("DatapointsToAlarm", 1) > request["EvaluationPeriods"]:
        raise shapes.ValidationException(
            "DatapointsToAlarm must be less than or equal to EvaluationPeriods."
        )
    treatment = request.get("TreatMissingData", "missing")
    if treatment not in TREATMENTS:
        raise shapes.ValidationException(
            f'The value {treatment} for parameter "TreatMissingData" is not one of'
            f" {', '.join(TREATMENTS)}."
        )
    option = request.get("EvaluateLowSampleCountPercentile", "evaluate")
    if option not in ("evaluate", "ignore"):
        raise shapes.ValidationException(
            f"Option {option} is not supported. Supported options for parameter"
            " EvaluateLowSampleCountPercentile are evaluate and ignore."
        )
    _check_watched(request)


def _check_watched(request: shapes.PutMetricAlarmInput) -> None:
    """Check what an alarm watches: one metric, or queries of which one returns its data."""
    queries = request.get("Metrics", [])
    if queries:
        if "MetricName" in request:
            raise shapes.ValidationException("Metrics and MetricName are mutually exclusive.")
        returning = [query for query in queries if query.get("ReturnData", True)]
        if len(returning) != 1:
            raise shapes.ValidationException(
                "Exactly one element of the metrics list should return data."
            )
        return
    for name in ("MetricName", "Namespace", "Period"):
        if name not in request:
            raise shapes.MissingRequiredParameterException(f"The parameter {name} is required.")
    if ("Statistic" in request) == ("ExtendedStatistic" in request):
        raise shapes.ValidationException(
            "Exactly one of Statistic and ExtendedStatistic must be given."
        )
    extended = request.get("ExtendedStatistic")
    if extended is not None and (extended in PLAIN or statistic_of(extended) is None):
        raise shapes.ValidationException(
            f"The value {extended} for parameter ExtendedStatistic is invalid."
        )
    period = request.get("Period", 0)
    check_period(period)
    if period * request.get("EvaluationPeriods", 1) > 7 * DAY:
        raise shapes.ValidationException(
            "Metrics cannot be checked across more than seven days (EvaluationPeriods * Period must"
            " be <= 604800)."
        )
