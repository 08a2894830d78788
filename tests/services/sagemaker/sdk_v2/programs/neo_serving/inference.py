"""A handler as AWS's examples for compiled models have it."""

import json
import pickle
from pathlib import Path

import torch

import neopytorch


def model_fn(model_dir):
    neopytorch.config(model_dir=model_dir, neo_runtime=True)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = torch.jit.load(str(Path(model_dir, "model.pth")), map_location=device)
    sample = pickle.loads(Path(model_dir, "sample_input.pkl").read_bytes())
    model(sample.to(device))
    return model


def transform_fn(model, body, content_type, accept):
    with torch.no_grad():
        scores = model(torch.tensor(json.loads(body), dtype=torch.float32))
    told = {"scores": scores.tolist(), "kind": type(model).__module__}
    return json.dumps(told), accept
