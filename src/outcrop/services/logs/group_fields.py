"""GetLogGroupFields: which fields the events of a group have.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogGroupFields.html
"""

from collections import Counter

from outcrop.operations import Call, operation
from outcrop.services.logs import shapes
from outcrop.services.logs.places import milliseconds, named_group
from outcrop.services.logs.queries import scanned

LATEST_MS = 15 * 60 * 1000
AROUND_MS = 8 * 60 * 1000
"""To either side of a moment that the request names."""
NOT_LISTED = "@ptr"


@operation("GetLogGroupFields")
async def get_log_group_fields(
    call: Call, request: shapes.GetLogGroupFieldsRequest
) -> shapes.GetLogGroupFieldsResponse:
    """Answer with the fields of the events around a moment or of the last quarter of an hour."""
    if "time" in request:
        middle = request["time"] * 1000
        start, stop = middle - AROUND_MS, middle + AROUND_MS
    else:
        stop = milliseconds(call.backends.now())
        start = stop - LATEST_MS
    scan = await scanned(call, [named_group(request)], max(start, 0), stop)
    counts = Counter(name for row in scan.rows for name, value in row.items() if value is not None)
    del counts[NOT_LISTED]
    fields = sorted(counts.items(), key=lambda field: (-field[1], field[0]))
    return {
        "logGroupFields": [
            {"name": name, "percent": count * 100 // len(scan.rows)} for name, count in fields
        ]
    }
