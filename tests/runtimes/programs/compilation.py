"""Makes models, compiles them as compilation jobs do, and asks the compiled ones by handlers.

`python compilation.py FOLDER`: reads a case from each line of standard input, `{"name": …,
"framework": …, "make": …, "inputs": […], "type": …, "is_quantized": …, "code": …, "asked":
[[body, content type, accept], …]}`; `make` is code that writes a model to the folder `model`.
Writes to `told.json` what became of each: its failure, or its manifest and answers.
"""

import contextlib
import io
import json
import os
import sys
from pathlib import Path

from outcrop_runtime.compilation import job
from outcrop_runtime.serving.frameworks import find_framework
from outcrop_runtime.serving.handlers import Handlers
from outcrop_runtime.serving.messages import Request
from outcrop_runtime.serving.surroundings import Surroundings


def compiled(root: Path, case: dict) -> str:
    """Compile a case's model and return why it failed; nothing if it did not."""
    for folder in ("input/config", "input/model", "model", "output"):
        (root / folder).mkdir(parents=True)
    exec(case["make"], {"model": root / "input/model"})
    if case.get("code"):
        (root / "input/model/code").mkdir()
        (root / "input/model/code/inference.py").write_text(case["code"])
    task = {"target": "ml_c5", "inputs": [], "type": "float32", "is_quantized": False, "notes": []}
    given = {name: value for name, value in case.items() if name in (*task, "framework")}
    (root / "input/config/compilation.json").write_text(json.dumps({**task, **given}))
    os.environ["SAGEMAKER_BASE_DIR"] = str(root)
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            job.main()
    except SystemExit:
        return (root / "output/failure").read_text()
    return ""


def answered(root: Path, case: dict) -> list:
    """Return what a handler answers: status, content type and body of each request."""
    os.environ["OUTCROP_SOCKETS"] = str(root)
    sys.modules.pop("inference", None)
    surroundings = Surroundings.read()
    handlers = Handlers(surroundings, find_framework("compiled_models", surroundings.model))
    answers = []
    for body, content_type, accept in case.get("asked", []):
        request = Request(body=body.encode(), content_type=content_type, accept=accept)
        with contextlib.redirect_stderr(io.StringIO()):
            response = handlers.answer(request)
        answers.append([response.status, response.content_type, response.body.decode()])
    return answers


def main(folder: Path) -> None:
    """Do all cases."""
    told = {}
    for line in sys.stdin:
        case = json.loads(line)
        root = folder / case["name"]
        failure = compiled(root, case)
        told[case["name"]] = {"failure": failure}
        if not failure:
            manifest = json.loads((root / "model/compiled.json").read_text())
            derived = root / "output/derived.json"
            told[case["name"]] |= {
                "manifest": manifest,
                "derived": json.loads(derived.read_text()) if derived.exists() else None,
                "answers": answered(root, case),
            }
    (folder / "told.json").write_text(json.dumps(told))


main(Path(sys.argv[1]))
