"""Converts PyTorch's weights of EfficientNet-Lite0 to ONNX, without loss but for rounding.

Normalisations are folded into the convolutions before them.

Source: https://github.com/tensorflow/tpu/tree/master/models/official/efficientnet/lite
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from outcrop.weights.onnx_file import FLOAT, Array, Graph, Node, Port, write_onnx
from outcrop.weights.torch_file import Floats, read_arrays

NORM_EPSILON = 1e-3
STAGES = (  # blocks, stride of the first of them
    (1, 1),
    (2, 2),
    (2, 2),
    (3, 2),
    (3, 1),
    (4, 2),
    (1, 1),
)
SIDE = 224
CLASSES = 1000


class NotEfficientNetError(ValueError):
    """The file does not hold the arrays of EfficientNet-Lite0."""


def convert(source: Path, target: Path) -> None:
    """Write `source`, an `efficientnet-lite0-….pth`, to `target` as ONNX.

    Its input is `images`: float32, (images, 3, 224, 224). Its outputs are `logits`, (images,
    1000), and `features`, (images, 1280), what the logits are made of.

    Raises:
        ValueError: The source is another file, or damaged.
    """
    builder = _Builder(read_arrays(source))
    try:
        graph = builder.graph()
    except KeyError as error:
        raise NotEfficientNetError(f"{source} has no array called {error}") from error
    write_onnx(target, graph, {})


@dataclass(slots=True)
class _Builder:
    """Puts the graph together."""

    arrays: Mapping[str, Floats]
    nodes: list[Node] = field(default_factory=list[Node])
    constants: dict[str, Array] = field(default_factory=dict[str, Array])

    def graph(self) -> Graph:
        """Return the whole of it."""
        self.constants["zero"] = np.zeros((), np.float32)
        self.constants["six"] = np.full((), 6, np.float32)
        at = self._convolution("_conv_stem", "_bn0", "images", stride=2)
        for name, stride in _blocks():
            at = self._block(name, at, stride)
        at = self._convolution("_conv_head", "_bn1", at)
        self.nodes += [
            Node(operator="GlobalAveragePool", inputs=[at], output="pooled"),
            Node(operator="Flatten", inputs=["pooled"], output="features"),
            Node(
                operator="Gemm",
                inputs=["features", "classes.weight", "classes.bias"],
                output="logits",
                attributes={"transB": 1},
            ),
        ]
        self.constants["classes.weight"] = self.arrays["_fc.weight"]
        self.constants["classes.bias"] = self.arrays["_fc.bias"]
        return Graph(
            name="efficientnet-lite0",
            inputs=[Port("images", FLOAT, ["images", 3, SIDE, SIDE])],
            outputs=[
                Port("logits", FLOAT, ["images", CLASSES]),
                Port("features", FLOAT, ["images", self.arrays["_fc.weight"].shape[1]]),
            ],
            nodes=self.nodes,
            constants=self.constants,
        )

    def _block(self, name: str, given: str, stride: int) -> str:
        at = given
        if f"{name}._expand_conv.weight" in self.arrays:
            at = self._convolution(f"{name}._expand_conv", f"{name}._bn0", at)
        at = self._convolution(f"{name}._depthwise_conv", f"{name}._bn1", at, stride=stride)
        at = self._convolution(f"{name}._project_conv", f"{name}._bn2", at, is_bounded=False)
        project = self.arrays[f"{name}._project_conv.weight"]
        if stride == 1 and self._width_before(name) == project.shape[0]:
            self.nodes.append(Node(operator="Add", inputs=[given, at], output=f"{name}.sum"))
            return f"{name}.sum"
        return at

    def _width_before(self, name: str) -> int:
        """Return how many channels go into a block."""
        expand = self.arrays.get(f"{name}._expand_conv.weight")
        if expand is not None:
            return expand.shape[1]
        return self.arrays[f"{name}._depthwise_conv.weight"].shape[0]

    def _convolution(
        self, name: str, norm: str, given: str, *, stride: int = 1, is_bounded: bool = True
    ) -> str:
        weight = self.arrays[f"{name}.weight"]
        variance = self.arrays[f"{norm}.running_var"] + np.float32(NORM_EPSILON)
        scale = self.arrays[f"{norm}.weight"] / np.sqrt(variance)
        shift = self.arrays[f"{norm}.bias"] - self.arrays[f"{norm}.running_mean"] * scale
        scaled = weight * scale[:, None, None, None]
        self.constants[f"{name}.weight"] = scaled.astype(np.float32)
        self.constants[f"{name}.bias"] = shift.astype(np.float32)
        self.nodes.append(
            Node(
                operator="Conv",
                inputs=[given, f"{name}.weight", f"{name}.bias"],
                output=name,
                attributes={
                    "auto_pad": "SAME_UPPER",
                    "group": weight.shape[0] if "_depthwise_" in name else 1,
                    "strides": (stride, stride),
                },
            )
        )
        if not is_bounded:
            return name
        self.nodes.append(
            Node(operator="Clip", inputs=[name, "zero", "six"], output=f"{name}.bounded")
        )
        return f"{name}.bounded"


def _blocks() -> Iterator[tuple[str, int]]:
    """Give the names and strides of all blocks."""
    number = 0
    for count, stride in STAGES:
        for place in range(count):
            yield f"_blocks.{number}", stride if place == 0 else 1
            number += 1
