"""What compiling gains: how long models take to answer before and after, by framework.

Each model is made and compiled as a compilation job does it, in the runtime of its framework,
which checks the answers and measures both models in the same process and with the same threads.
"""

import argparse
import asyncio
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from outcrop.jobs.runtimes import PROGRAMS, RuntimeStore, load_runtimes
from outcrop.settings import load

SCIKIT_LEARN = """
import sys, joblib
from sklearn.datasets import load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
models = {
    "linear": make_pipeline(StandardScaler(), LogisticRegression()),
    "forest": RandomForestClassifier(100, random_state=0),
}
joblib.dump(models[sys.argv[2]].fit(*load_wine(return_X_y=True)), sys.argv[1] + "/model.joblib")
"""
XGBOOST = """
import sys, xgboost
from sklearn.datasets import load_breast_cancer
features, labels = load_breast_cancer(return_X_y=True)
given = {"objective": "binary:logistic", "max_depth": 6}
model = xgboost.train(given, xgboost.DMatrix(features, label=labels), 100)
model.save_model(sys.argv[1] + "/model.ubj")
"""
PYTORCH = """
import sys, torch
from torch import nn
torch.manual_seed(0)

class Block(nn.Module):
    def __init__(self, before, after, stride):
        super().__init__()
        self.own = nn.Sequential(
            nn.Conv2d(before, after, 3, stride, 1, bias=False), nn.BatchNorm2d(after), nn.ReLU(),
            nn.Conv2d(after, after, 3, 1, 1, bias=False), nn.BatchNorm2d(after),
        )
        self.past = nn.Identity() if stride == 1 and before == after else nn.Sequential(
            nn.Conv2d(before, after, 1, stride, bias=False), nn.BatchNorm2d(after)
        )

    def forward(self, images):
        return torch.relu(self.own(images) + self.past(images))

widths = [64, 64, 64, 128, 128, 256, 256, 512, 512]
blocks = [Block(a, b, 1 if a == b else 2) for a, b in zip(widths, widths[1:])]
head = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
tail = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 1000)]
residual = nn.Sequential(*head, *blocks, *tail)
torch.backends.mha.set_fastpath_enabled(False)
layer = nn.TransformerEncoderLayer(256, 4, 1024, batch_first=True)
models = {
    "perceptron": (
        nn.Sequential(
            nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 10)
        ),
        (1, 64),
    ),
    "residual": (residual, (1, 3, 224, 224)),
    "transformer": (nn.TransformerEncoder(layer, 4, enable_nested_tensor=False), (1, 64, 256)),
}
model, shape = models[sys.argv[2]]
with torch.no_grad():
    torch.jit.trace(model.eval(), torch.rand(shape)).save(sys.argv[1] + "/model.pth")
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A model to compile."""

    name: str
    runtime: str
    framework: str
    program: str
    """Writes the model to the folder of its first argument."""
    kind: str = ""
    inputs: Sequence[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])
    is_quantized: bool = False


MODELS = (
    Compiled(
        name="scikit-learn, logistic regression",
        runtime="neo",
        framework="SKLEARN",
        program=SCIKIT_LEARN,
        kind="linear",
    ),
    Compiled(
        name="scikit-learn, forest of 100",
        runtime="neo",
        framework="SKLEARN",
        program=SCIKIT_LEARN,
        kind="forest",
    ),
    Compiled(
        name="XGBoost, 100 trees", runtime="neo-xgboost", framework="XGBOOST", program=XGBOOST
    ),
    *(
        Compiled(
            name=f"PyTorch, {name}",
            runtime="neo-pytorch",
            framework="PYTORCH",
            program=PYTORCH,
            kind=kind,
            is_quantized=is_quantized,
        )
        for name, kind, is_quantized in (
            ("perceptron", "perceptron", False),
            ("ResNet-18", "residual", False),
            ("transformer of 4 layers", "transformer", False),
            ("transformer, int8", "transformer", True),
        )
    ),
)


def report(model: Compiled, *, threads: int) -> Mapping[str, Any]:
    """Make and compile a model, and return the job's report."""
    store = RuntimeStore(load().jobs.runtimes)
    runtime = load_runtimes()[model.runtime]
    python = asyncio.run(store.install(runtime, say=lambda _: None)) / "bin" / "python"
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        for folder in ("input/config", "input/model", "model", "output"):
            (root / folder).mkdir(parents=True)
        task = {
            "framework": model.framework,
            "target": "this machine",
            "inputs": model.inputs,
            "type": "float32",
            "is_quantized": model.is_quantized,
            "notes": [],
        }
        (root / "input/config/compilation.json").write_text(json.dumps(task), encoding="utf-8")
        make = [python, "-c", model.program, root / "input/model", model.kind]
        compiling = [python, "-m", "outcrop_runtime.compilation"]
        environment = {
            "OMP_NUM_THREADS": str(threads),
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(PROGRAMS),
            "PYTHONWARNINGS": "ignore",
            "SAGEMAKER_BASE_DIR": name,
        }
        for command in (make, compiling):
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        told = json.loads((root / "model/compiled.json").read_text(encoding="utf-8"))
        found: Mapping[str, Any] = told["report"]
        return found


def main() -> None:
    """Compile all models and print what was gained."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    threads: int = parser.parse_args().threads
    table = Table(
        "model", "original, ms", "compiled, ms", "compiled/original", "largest difference"
    )
    for model in MODELS:
        found = report(model, threads=threads)
        before, after = found["original_milliseconds"], found["compiled_milliseconds"]
        table.add_row(
            model.name,
            f"{before:.4f}",
            f"{after:.4f}",
            f"{after / before:.3f}",
            f"{found['comparison']['largest_difference']:.1e}",
        )
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
