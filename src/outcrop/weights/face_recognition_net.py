"""Turns face-api.js's weights of dlib's face recognition network into ONNX.

The arrays name the network: a first convolution, then residual blocks of two, and the last matrix.
Its input is `faces`: float32, (faces, 3, 150, 150), RGB from 0 to 255, aligned as dlib does. Its
output is `vectors`: float32, (faces, 128).

Source: http://blog.dlib.net/2017/02/high-quality-face-recognition-with-deep.html
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from outcrop.weights.onnx_file import FLOAT, Array, Attribute, Graph, Node, Port
from outcrop.weights.tfjs_weights import NotTfjsError, Values, read_json, read_values

SIDE = 150
DIMENSIONS = 128
MEAN = (122.782, 117.001, 104.298)
"""Red, green and blue.

Source: https://github.com/davisking/dlib/blob/master/dlib/dnn/input.h
"""
SCALE = 256.0
BLOCKS = (  # and whether they halve the picture
    *(("conv32_1", False), ("conv32_2", False), ("conv32_3", False)),
    *(("conv64_down", True), ("conv64_1", False), ("conv64_2", False), ("conv64_3", False)),
    *(("conv128_down", True), ("conv128_1", False), ("conv128_2", False)),
    *(("conv256_down", True), ("conv256_1", False), ("conv256_2", False)),
    ("conv256_down_out", True),
)


def graph_of(manifest: Path) -> Graph:
    """Return the graph of the weights that a manifest describes.

    Raises:
        NotTfjsError: They are of another network, or damaged.
    """
    values = read_values(read_json(manifest), manifest.parent)
    try:
        return _Builder(values).graph()
    except (KeyError, ValueError) as error:
        raise NotTfjsError(f"{manifest} is of another network: {error}") from error


@dataclass(slots=True)
class _Builder:
    """Puts the graph together."""

    values: Mapping[str, Values]
    nodes: list[Node] = field(default_factory=list[Node])
    constants: dict[str, Array] = field(default_factory=dict[str, Array])

    def graph(self) -> Graph:
        """Return the whole of it."""
        self.constants["mean"] = np.array(MEAN, np.float32).reshape(1, 3, 1, 1)
        self.constants["scale"] = np.full((), SCALE, np.float32)
        self._add("Sub", ["faces", "mean"], "centred")
        self._add("Div", ["centred", "scale"], "scaled")
        at = self._convolution("conv32_down", "scaled", stride=2)
        at = self._add("MaxPool", [at], "pooled", kernel_shape=(3, 3), strides=(2, 2))
        side, width = (((SIDE - 7) // 2 + 1) - 3) // 2 + 1, 32
        for name, halves in BLOCKS:
            at, side, width = self._block(name, at, halves=halves, side=side, width=width)
        self._add("GlobalAveragePool", [at], "means")
        self._add("Flatten", ["means"], "flat")
        self.constants["fc"] = self._floats("fc")
        self._add("MatMul", ["flat", "fc"], "vectors")
        return Graph(
            name="dlib-face-recognition",
            inputs=[Port("faces", FLOAT, ["faces", 3, SIDE, SIDE])],
            outputs=[Port("vectors", FLOAT, ["faces", DIMENSIONS])],
            nodes=self.nodes,
            constants=self.constants,
        )

    def _floats(self, name: str) -> Array:
        return self.values[name].astype(np.float32)

    def _block(
        self, name: str, given: str, *, halves: bool, side: int, width: int
    ) -> tuple[str, int, int]:
        """Add a residual block; return its output with the side and width of what it gives."""
        stride = 2 if halves else 1
        at = self._convolution(f"{name}/conv1", given, stride=stride)
        at = self._convolution(f"{name}/conv2", at, is_bounded=False)
        out_width = self.values[f"{name}/conv2/scale/weights"].shape[0]
        if halves:
            # What is smaller on one side gets zeros: the convolution without padding one row less
            # than the mean of four, the input fewer channels than the output.
            out_side, mean_side = (side - 3) // 2 + 1, side // 2
            given = self._add(
                "AveragePool", [given], f"{name}/means", kernel_shape=(2, 2), strides=(2, 2)
            )
            given = self._pad(given, f"{name}/wide", channels=out_width - width)
            at = self._pad(at, f"{name}/large", rows=mean_side - out_side)
            side, width = mean_side, out_width
        self._add("Add", [at, given], f"{name}/sum")
        return self._add("Relu", [f"{name}/sum"], f"{name}/out"), side, width

    def _pad(self, given: str, output: str, *, channels: int = 0, rows: int = 0) -> str:
        if not channels and not rows:
            return given
        pads = np.array((0, 0, 0, 0, 0, channels, rows, rows), np.int64)
        self.constants[f"{output}/pads"] = pads
        return self._add("Pad", [given, f"{output}/pads"], output)

    def _convolution(
        self, name: str, given: str, *, stride: int = 1, is_bounded: bool = True
    ) -> str:
        """Convolve and scale; pad so that nothing shrinks, unless by strides."""
        filters = self._floats(f"{name}/conv/filters").transpose(3, 2, 0, 1)
        scale = self._floats(f"{name}/scale/weights")
        bias = self._floats(f"{name}/conv/bias") * scale + self._floats(f"{name}/scale/biases")
        self.constants[f"{name}/filters"] = (filters * scale[:, None, None, None]).astype(
            np.float32
        )
        self.constants[f"{name}/bias"] = bias.astype(np.float32)
        around = 0 if stride > 1 else filters.shape[2] // 2
        inputs = [given, f"{name}/filters", f"{name}/bias"]
        self._add("Conv", inputs, name, strides=(stride, stride), pads=(around,) * 4)
        return self._add("Relu", [name], f"{name}/bounded") if is_bounded else name

    def _add(self, operator: str, inputs: list[str], output: str, **attributes: Attribute) -> str:
        node = Node(operator=operator, inputs=inputs, output=output, attributes=attributes)
        self.nodes.append(node)
        return output
