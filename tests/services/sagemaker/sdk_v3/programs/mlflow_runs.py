"""Makes a tracking server, logs a run with a model to it by its ARN, stops and starts it."""

import json
import sys

import mlflow
import numpy
from sagemaker.core.resources import MlflowTrackingServer
from sklearn.linear_model import LinearRegression

bucket, role = sys.argv[1:]
server = MlflowTrackingServer.create(
    tracking_server_name="sdk", artifact_store_uri=f"s3://{bucket}/mlflow", role_arn=role
)
server.wait_for_status("Created", poll=1)

mlflow.set_tracking_uri(server.tracking_server_arn)
mlflow.set_experiment("lines")
with mlflow.start_run():
    x = numpy.array([[0.0], [1.0], [2.0]])
    model = LinearRegression().fit(x, [1.0, 3.0, 5.0])
    mlflow.log_metric("slope", model.coef_[0])
    mlflow.sklearn.log_model(model, name="line", registered_model_name="lines")

server.stop()
server.wait_for_status("Stopped", poll=1)
server.start()
server.wait_for_status("Started", poll=1)

loaded = mlflow.sklearn.load_model("models:/lines/1")
[run] = mlflow.search_runs(experiment_names=["lines"], output_format="list")
names = [one.tracking_server_name for one in MlflowTrackingServer.get_all()]
server.delete()
server.wait_for_delete(poll=1)
told = {
    "slope": round(run.data.metrics["slope"], 6),
    "prediction": round(float(loaded.predict([[10.0]])[0]), 6),
    "names": names,
}
print(f"\n{json.dumps(told)}")  # The SDK's last word has no end of a line.
