"""CloudWatch Logs Insights: a query language over log events.

A query is a row of commands. Each takes rows and gives rows; a row is a mapping of fields.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

from outcrop.services.logs.insights.query import InsightsQuery, Result
from outcrop.services.logs.insights.rows import Row, row_of
from outcrop.services.logs.insights.tokens import MalformedQueryError

__all__ = ["InsightsQuery", "MalformedQueryError", "Result", "Row", "row_of"]
