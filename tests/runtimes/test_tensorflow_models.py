"""TensorFlow's SavedModels, asked in the forms of TensorFlow Serving."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.installed_runtimes import program_environment, runtime_python

PROGRAM = """
import json, sys
import tensorflow as tf
from outcrop_runtime.serving.frameworks import tensorflow_models as framework
from outcrop_runtime.serving.messages import BadRequestError

class Pair(tf.Module):
    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, "a"),
                                  tf.TensorSpec([None], tf.string, "b")])
    def both(self, a, b):
        return {"twice": 2 * a, "length": tf.strings.length(b)}

pair = Pair()
for version, by in ((2, pair.both), (10, pair.both)):
    tf.saved_model.save(pair, f"{sys.argv[1]}/pair/{version}", signatures={"serving_default": by})
model = framework.model_fn(sys.argv[1])
for body in json.load(sys.stdin):
    try:
        asked = framework.input_fn(body, "application/json")
        answer = framework.predict_fn(asked, model)
        print(framework.output_fn(answer, "application/json")[0].decode())
    except BadRequestError as error:
        print(json.dumps(str(error)))
"""


@pytest.mark.slow  # The runtime is 1.9 GB.
def test_rows_and_columns_are_asked_by_the_names_of_inputs(tmp_path: Path) -> None:
    asked = [
        '{"instances": [{"a": 1, "b": "xyz"}, {"a": 2, "b": {"b64": "eA=="}}]}',
        '{"inputs": {"a": [1.5], "b": ["xy"]}}',
        '{"inputs": {"a": [1.5]}}',
        '{"signature_name": "other", "instances": [1]}',
        '{"rows": [1]}',
        '{"instances": [{"a": "x", "b": "y"}]}',
    ]

    done = subprocess.run(
        [runtime_python("tensorflow"), "-c", PROGRAM, tmp_path],
        env=program_environment(TF_CPP_MIN_LOG_LEVEL="3"),
        input=json.dumps(asked),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    *answers, of_another_type = [json.loads(line) for line in done.stdout.splitlines()]

    assert answers == [
        {"predictions": [{"twice": 2.0, "length": 3}, {"twice": 4.0, "length": 1}]},
        {"outputs": {"twice": [3.0], "length": [2]}},
        "The inputs are a, b, not a.",
        "There is no signature 'other'; there are: serving_default.",
        "The body cannot be read: JSON must have either instances or inputs.",
    ]
    assert "float" in of_another_type
