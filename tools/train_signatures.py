"""Makes the numbers of the finder of signatures.

    python -m tools.train_signatures TARGET CROPS... [--minutes M] [--workers N] [--first NPZ]

CROPS are files of `tools/draw_signature_crops.py`. It needs PyTorch, and writes what comes with
Outcrop as `engines/document_marks/signatures.npz`: eight bits a weight, a scale for each channel.
"""

import argparse
import math
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch  # pyright: ignore[reportMissingImports] - it is not among the pinned packages
from torch.nn import functional  # pyright: ignore[reportMissingImports]

from outcrop.engines.document_marks.signature_net import LAYERS, channels_in, read_weights

BATCH = 8
RATE = 2e-3
"""Of learning, at most."""
SIGNED_COUNTS = 3.0
"""As often as paper."""
TOGETHER = 8
"""Steps after which workers take the mean of their weights."""
HALF = 128
TESTS = 192
"""Crops that are not learnt from."""


def first_weights() -> dict[str, Any]:
    """Return weights to begin with."""
    torch.manual_seed(1)
    weights: dict[str, Any] = {}
    for layer in LAYERS:
        shape = (layer.channels, channels_in(layer), layer.size, layer.size)
        spread = math.sqrt(2 / math.prod(shape[1:])) * (0.3 if layer.is_residual else 1)
        weights[f"{layer.name}.weight"] = torch.randn(shape) * spread
        weights[f"{layer.name}.bias"] = torch.zeros(layer.channels)
    weights["signed.bias"] -= 3
    return {name: value.requires_grad_() for name, value in weights.items()}


def logits(weights: Mapping[str, Any], views: Any) -> Any:
    """Return what the net tells of views: (views, 3, height, width), 0 to 1."""
    made: dict[str, Any] = {"view": views}
    for layer in LAYERS:
        maps = [made[name] for name in layer.inputs]
        if len(maps) > 1:
            maps[0] = functional.interpolate(maps[0], scale_factor=2, mode="nearest")
        given = torch.cat(maps, dim=1) if len(maps) > 1 else maps[0]
        out = functional.conv2d(
            given, weights[f"{layer.name}.weight"], weights[f"{layer.name}.bias"],
            stride=layer.stride, padding=layer.dilation * (layer.size // 2),
            dilation=layer.dilation,
        )  # fmt: skip
        if layer.is_residual:
            out = out + given
        made[layer.name] = out if layer is LAYERS[-1] else functional.relu(out)
    return made["signed"][:, 0]


def loss(weights: Mapping[str, Any], views: Any, signed: Any) -> Any:
    """Return how wrong the net is: cross entropy, and what two areas do not share."""
    views = torch.from_numpy(views).float() / 255
    signed = torch.from_numpy(signed).float() / 255
    told = logits(weights, views.contiguous(memory_format=torch.channels_last))
    entropy = functional.binary_cross_entropy_with_logits(
        told, signed, weight=1 + (SIGNED_COUNTS - 1) * signed
    )
    likely = torch.sigmoid(told)
    shared = 2 * (likely * signed).sum() + 1
    return entropy + 0.15 * (1 - shared / (likely.sum() + signed.sum() + 1))


def write(target: Path, weights: Mapping[str, Any]) -> None:
    """Write weights, eight bits each."""
    kept: dict[str, Any] = {}
    for name, value in weights.items():
        array = value.detach().numpy()
        if name.endswith(".bias"):
            kept[name] = array.astype(np.float16)
            continue
        scale = np.maximum(np.abs(array).max(axis=(1, 2, 3)), 1e-8) / 127
        kept[name] = np.round(array / scale[:, None, None, None]).astype(np.int8)
        kept[name.replace(".weight", ".scale")] = scale.astype(np.float32)
    np.savez_compressed(target, **kept)


def train(rank: int, options: argparse.Namespace) -> None:
    """Train beside others, each on its own crops; all take the mean of their weights at times."""
    torch.set_num_threads(1)  # Threads that wait for one another are slow on busy machines.
    torch.distributed.init_process_group(
        "gloo", init_method=f"file://{options.meeting}", rank=rank, world_size=options.workers
    )
    views = np.load(options.crops[0].with_suffix(".views.npy"), mmap_mode="r")
    signed = np.load(options.crops[0].with_suffix(".signed.npy"), mmap_mode="r")
    chance = np.random.default_rng(2 + rank)
    tests, kept = np.arange(TESTS), np.arange(TESTS, len(views))
    weights = first_weights()
    if options.first is not None:
        known = read_weights(options.first.read_bytes())
        weights = {name: torch.from_numpy(known[name]).requires_grad_() for name in weights}
    adam = torch.optim.AdamW(list(weights.values()), lr=RATE, betas=(0.9, 0.99))
    begun, count, news, smooth, done = time.monotonic(), 0, 0.0, 0.0, 0.0
    while done < 1:
        chosen = np.sort(chance.choice(kept, BATCH, replace=False))
        some, answers = np.array(views[chosen]), np.array(signed[chosen])
        if chance.random() < 0.1:
            some[:, 2] = 0  # In a language whose words are not known.
        count += 1
        for group in adam.param_groups:
            group["lr"] = RATE * min(1, count / 60) * 0.5 * (1 + math.cos(math.pi * done))
        wrong = loss(weights, some, answers)
        adam.zero_grad()
        wrong.backward()
        torch.nn.utils.clip_grad_norm_(list(weights.values()), 1.0)
        adam.step()
        smooth += (0.02 if count > 50 else 1 / count) * (float(wrong.detach()) - smooth)
        if count % TOGETHER == 0:
            done = agree(weights, (time.monotonic() - begun) / (60 * options.minutes))
        if rank == 0 and time.monotonic() - news > 60:
            news = time.monotonic()
            with torch.no_grad():
                parts = [float(loss(weights, views[p], signed[p])) for p in np.split(tests, 12)]
            print(f"{done:.0%} {count} steps: {smooth:.4f}, {np.mean(parts):.4f}", flush=True)
            write(options.target, weights)
    if rank == 0:
        write(options.target, weights)


def agree(weights: Mapping[str, Any], done: float) -> float:
    """Give all workers the mean of their weights, and return the mean of how far they are."""
    with torch.no_grad():
        every = torch.cat([value.reshape(-1) for value in weights.values()])
        every = torch.cat((every, torch.tensor([done])))
        torch.distributed.all_reduce(every)
        every /= torch.distributed.get_world_size()
        start = 0
        for value in weights.values():
            value.copy_(every[start : start + value.numel()].reshape(value.shape))
            start += value.numel()
    return float(every[-1])


def mixed(crops: Sequence[Path]) -> None:
    """Write what there is to learn beside the first file, in any order, without empty crops."""
    files = [np.load(path) for path in crops]
    views = np.concatenate([file["views"] for file in files])
    signed = np.concatenate([file["signed"] for file in files])
    order = np.random.default_rng(2).permutation(len(views))
    order = np.array([place for place in order if (views[place, 0, ::4, ::4] > HALF).any()])
    np.save(crops[0].with_suffix(".views.npy"), views[order])
    np.save(crops[0].with_suffix(".signed.npy"), signed[order])


def main() -> None:
    """Train for some minutes and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", type=Path)
    parser.add_argument("crops", type=Path, nargs="+")
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--first", type=Path, help="what was written before, to go on from")
    options = parser.parse_args()
    mixed(options.crops)
    with tempfile.TemporaryDirectory() as folder:
        options.meeting = Path(folder) / "meeting"
        torch.multiprocessing.spawn(train, (options,), nprocs=options.workers)


if __name__ == "__main__":
    main()
