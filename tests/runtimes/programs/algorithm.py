"""Train an algorithm on jobs' folders and ask the models, all in one process.

Arguments: the module of its job, and the name of its framework. A line is JSON: the `folder`, and
what is `asked`: body (base64), content type, accept.
"""

import base64
import importlib
import json
import os
import sys
from pathlib import Path

from outcrop_runtime.serving.frameworks import find_framework
from outcrop_runtime.serving.messages import BadRequestError, UnsupportedFormatError

main = importlib.import_module(sys.argv[1]).main

for line in sys.stdin:
    case = json.loads(line)
    os.environ["SAGEMAKER_BASE_DIR"] = case["folder"]
    print(f"case {case['folder']}", flush=True)
    code = main()
    told: list[str] = []
    model_dir = Path(case["folder"], "model")
    framework = find_framework(sys.argv[2], model_dir)
    model = framework.model_fn(str(model_dir)) if case["asked"] and not code else None
    for body, content_type, accept in case["asked"] if not code else ():
        try:
            data = framework.input_fn(base64.b64decode(body), content_type)
            answer, _ = framework.output_fn(framework.predict_fn(data, model), accept)
            told.append(answer.decode())
        except (BadRequestError, UnsupportedFormatError) as error:
            told.append(f"{type(error).__name__}: {error}")
    Path(case["folder"], "told.json").write_text(json.dumps([code, told]), encoding="utf-8")
