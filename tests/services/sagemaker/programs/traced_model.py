"""Makes a small traced model of PyTorch, in the runtime that compiles it.

`python traced_model.py ARCHIVE`: packed as model.tar.gz; prints an input and what is answered.
"""

import json
import sys
import tarfile
import tempfile
from pathlib import Path

import torch
from torch import nn


def main(archive: Path) -> None:
    """Write the model."""
    torch.manual_seed(0)
    model = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3)).eval()
    asked = torch.rand(1, 4)
    with torch.no_grad(), tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.pth"
        torch.jit.trace(model, asked).save(str(path))
        with tarfile.open(archive, "w:gz") as opened:
            opened.add(path, "model.pth")
        print(json.dumps({"asked": asked.tolist(), "scores": model(asked).tolist()}))


main(Path(sys.argv[1]))
