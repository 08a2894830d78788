"""Runs a program as it stands and then shows the `response` that it was left with."""

import json
import runpy
import sys

response = runpy.run_path(sys.argv[1])["response"]
body = json.loads(response["body"].read())
print(json.dumps(body, indent=2, ensure_ascii=False))
print("x-outcrop-model:", response["ResponseMetadata"]["HTTPHeaders"]["x-outcrop-model"])
