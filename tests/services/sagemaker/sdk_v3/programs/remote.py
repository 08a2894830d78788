"""Run functions as jobs: their results come back, and so do their errors."""

import json
import os

import pandas
from sagemaker.core.remote_function import RemoteExecutor, remote


@remote(instance_type="ml.m5.large", environment_variables={"TEAM": "blue"}, job_name_prefix="told")
def told(rows, times=1):
    """Tell what the job finds."""
    print("the function's own log")
    return {
        "host": os.uname().nodename,
        "team": os.environ["TEAM"],
        "numbers": rows["n"].tolist() * times,
    }


def divided(dividend, divisor):
    """Fail for zero."""
    return dividend / divisor


answer = told(pandas.DataFrame({"n": [1, 2]}), times=3)
with RemoteExecutor(max_parallel_jobs=1, instance_type="ml.m5.large") as executor:
    future = executor.submit(divided, 6, 0)
try:
    future.result()
except ZeroDivisionError as error:
    reason = str(error)
print(json.dumps({"told": answer, "reason": reason}))
