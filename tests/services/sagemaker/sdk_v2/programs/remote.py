"""Run functions as jobs: their results come back, and so do their errors."""

import json
import os
import sys

import pandas
from sagemaker.remote_function import RemoteExecutor, remote

requirements = sys.argv[1]


@remote(
    instance_type="ml.m5.large",
    dependencies=requirements,
    environment_variables={"TEAM": "blue"},
    job_name_prefix="told",
)
def told(rows, times=1):
    """Tell what the job finds."""
    import tabulate  # noqa: PLC0415 - it is there where the function runs

    print("the function's own log")
    return {
        "host": os.uname().nodename,
        "team": os.environ["TEAM"],
        "table": tabulate.tabulate(rows * times, tablefmt="plain"),
    }


def divided(dividend, divisor):
    """Fail for zero."""
    return dividend / divisor


answer = told(pandas.DataFrame({"n": [1, 2]}), times=3)
with RemoteExecutor(max_parallel_jobs=2, instance_type="ml.m5.large") as executor:
    futures = [executor.submit(divided, 6, divisor) for divisor in (3, 0)]
try:
    futures[1].result()
except ZeroDivisionError as error:
    reason = str(error)
print(json.dumps({"told": answer, "divided": futures[0].result(), "reason": reason}))
