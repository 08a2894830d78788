"""The net that tells where a page is signed: its shape, and its graph for ONNX Runtime.

A small U-Net: it looks at a page in ever coarser steps, and tells for each square of four by four
pixels how likely it belongs to a signature.

Source: https://arxiv.org/abs/1505.04597 (U-Net)
"""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from outcrop.weights.onnx_file import FLOAT, Array, Graph, Node, Port

CHANNELS = 3
"""Of what it is shown."""
CELL = 4
"""Pixels of a view to one answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A convolution of a map."""

    name: str
    inputs: Sequence[str]
    """Names of layers: coarser ones are enlarged, then all are put side by side."""
    channels: int
    size: int = 3
    stride: int = 1
    dilation: int = 1
    is_residual: bool = False
    """Whether it adds to what it was given."""


LAYERS = (
    Layer(name="half", inputs=("view",), channels=12, stride=2),
    Layer(name="quarter", inputs=("half",), channels=16, stride=2),
    Layer(name="quarter2", inputs=("quarter",), channels=24),
    Layer(name="eighth", inputs=("quarter2",), channels=32, stride=2),
    Layer(name="eighth2", inputs=("eighth",), channels=32, is_residual=True),
    Layer(name="sixteenth", inputs=("eighth2",), channels=32, stride=2),
    Layer(name="around", inputs=("sixteenth",), channels=32, is_residual=True),
    Layer(name="around2", inputs=("around",), channels=32, dilation=2, is_residual=True),
    Layer(name="around4", inputs=("around2",), channels=32, dilation=4, is_residual=True),
    Layer(name="back8", inputs=("around4", "eighth2"), channels=24),
    Layer(name="back4", inputs=("back8", "quarter2"), channels=16),
    Layer(name="signed", inputs=("back4",), channels=1, size=1),
)
"""The last one has no rectifier: its values are logits."""


def channels_in(layer: Layer) -> int:
    """Return how many channels a layer is given."""
    made = {"view": CHANNELS} | {each.name: each.channels for each in LAYERS}
    return sum(made[name] for name in layer.inputs)


def read_weights(content: bytes) -> dict[str, npt.NDArray[np.float32]]:
    """Return the numbers of the net from the contents of `signatures.npz`."""
    with np.load(io.BytesIO(content), allow_pickle=False) as kept:
        weights = {
            name: kept[name].astype(np.float32) for name in kept.files if name.endswith(".bias")
        }
        for name in kept.files:
            if name.endswith(".weight"):
                scale = kept[name.replace(".weight", ".scale")]
                weights[name] = (kept[name] * scale[:, None, None, None]).astype(np.float32)
    return weights


def graph_of(weights: Mapping[str, npt.NDArray[np.float32]]) -> Graph:
    """Return the net with its weights: `view`, (1, 3, height, width), 0 to 1; `likely`, (1, 1, …).

    Args:
        weights: `<layer>.weight`, (channels, channels given, size, size), and `<layer>.bias`.
    """
    nodes: list[Node] = []
    constants: dict[str, Array] = {"twice": np.array((1, 1, 2, 2), np.float32), **weights}
    for layer in LAYERS:
        given = layer.inputs[0]
        if len(layer.inputs) > 1:
            given = f"{layer.name}.given"
            nodes += _joined(layer, given)
        nodes += _convolved(layer, given)
    nodes.append(Node(operator="Sigmoid", inputs=("signed",), output="likely"))
    return Graph(
        name="signatures",
        inputs=[Port("view", FLOAT, (1, CHANNELS, "height", "width"))],
        outputs=[Port("likely", FLOAT, None)],
        nodes=nodes,
        constants=constants,
    )


def _joined(layer: Layer, target: str) -> list[Node]:
    coarse, fine = layer.inputs
    larger = f"{layer.name}.larger"
    nearest = {
        "mode": "nearest",
        "nearest_mode": "floor",
        "coordinate_transformation_mode": "asymmetric",
    }
    return [
        Node(operator="Resize", inputs=(coarse, "", "twice"), output=larger, attributes=nearest),
        Node(operator="Concat", inputs=(larger, fine), output=target, attributes={"axis": 1}),
    ]


def _convolved(layer: Layer, given: str) -> list[Node]:
    room = layer.dilation * (layer.size // 2)
    is_last = layer is LAYERS[-1]
    made = layer.name if is_last else f"{layer.name}.made"
    nodes = [
        Node(
            operator="Conv",
            inputs=(given, f"{layer.name}.weight", f"{layer.name}.bias"),
            output=made,
            attributes={
                "kernel_shape": (layer.size, layer.size),
                "strides": (layer.stride, layer.stride),
                "dilations": (layer.dilation, layer.dilation),
                "pads": (room, room, room, room),
            },
        )
    ]
    if layer.is_residual:
        nodes.append(Node(operator="Add", inputs=(made, given), output=f"{layer.name}.sum"))
        made = f"{layer.name}.sum"
    if not is_last:
        nodes.append(Node(operator="Relu", inputs=(made,), output=layer.name))
    return nodes
