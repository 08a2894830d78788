"""Train built-in algorithms on jobs' folders and ask the models, all in one process."""

import json
import os
import sys
from pathlib import Path

from outcrop_runtime.built_in.job import main
from outcrop_runtime.serving.frameworks import built_in as framework
from outcrop_runtime.serving.messages import BadRequestError, UnsupportedFormatError

for line in sys.stdin:
    case = json.loads(line)
    os.environ["SAGEMAKER_BASE_DIR"] = case["folder"]
    code = main(case["algorithm"])
    told: list[str] = []
    for body, content_type, accept in case["asked"] if not code else ():
        try:
            model = framework.model_fn(f"{case['folder']}/model")
            rows = framework.input_fn(body, content_type)
            answer, _ = framework.output_fn(framework.predict_fn(rows, model), accept)
            told.append(answer.decode("latin-1"))
        except (BadRequestError, UnsupportedFormatError) as error:
            told.append(f"{type(error).__name__}: {error}")
    Path(case["folder"], "told.json").write_text(json.dumps([code, told]), encoding="utf-8")
