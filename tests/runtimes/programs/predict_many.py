"""Loads the model of each line's folder and prints what it answers to the line's body.

A line is JSON: `folder`, `body`, `content_type`, `accept`; the body is base64.
"""

import base64
import json
import sys

from outcrop_runtime.default_model import handlers

for line in sys.stdin:
    asked = json.loads(line)
    try:
        model = handlers.model_fn(asked["folder"])
        rows = handlers.input_fn(base64.b64decode(asked["body"]), asked["content_type"])
        body, content_type = handlers.output_fn(handlers.predict_fn(rows, model), asked["accept"])
        answer = {"body": body.decode(), "content_type": content_type}
    except ValueError as error:
        answer = {"error": str(error)}
    print(json.dumps(answer), flush=True)
