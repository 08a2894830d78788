"""Turns TensorFlow.js graph models into ONNX: the operators that the models of the catalogue use.

Images stay as TensorFlow has them, (images, height, width, channels), at inputs and outputs.

Source: https://www.tensorflow.org/api_docs/python/tf/raw_ops
"""

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

from outcrop.weights.onnx_file import FLOAT, Array, Attribute, Graph, Node, Port
from outcrop.weights.tfjs_weights import NotTfjsError, Values, read_json, read_values

TO_CHANNELS_FIRST, TO_CHANNELS_LAST = (0, 3, 1, 2), (0, 2, 3, 1)
SAME_NAME = {
    "Add": "Add",
    "AddV2": "Add",
    "Maximum": "Max",
    "Minimum": "Min",
    "Mul": "Mul",
    "Identity": "Identity",
    "Relu": "Relu",
    "Sigmoid": "Sigmoid",
    "Softmax": "Softmax",
    "Prelu": "PRelu",
}
"""Operators that ONNX has just so."""


def graph_of(model: Path) -> Graph:
    """Return the graph of a model: its `.json`, with the arrays beside it.

    Raises:
        NotTfjsError: It is another file, damaged, or has operators that are not known here.
    """
    described = read_json(model)
    try:
        values = read_values(described["weightsManifest"], model.parent)
        return _Conversion(model.stem, described["modelTopology"]["node"], values).graph()
    except (KeyError, TypeError, IndexError) as error:
        raise NotTfjsError(f"{model} is no whole graph model: {error!r}") from error


@dataclass(frozen=True, slots=True)
class _Step:
    """A node of TensorFlow's."""

    name: str
    operator: str
    inputs: Sequence[str]
    attributes: Mapping[str, Any]

    def numbers(self, name: str) -> tuple[int, ...]:
        """Return a list of whole numbers."""
        return tuple(int(number) for number in self.attributes[name]["list"]["i"])

    def text(self, name: str) -> str:
        """Return a text."""
        return base64.b64decode(self.attributes[name]["s"]).decode()

    def fused(self) -> list[str]:
        """Return the operators that follow at once."""
        texts = self.attributes.get("fused_ops", {}).get("list", {}).get("s", [])
        return [base64.b64decode(each).decode() for each in texts]


_Convert: TypeAlias = Callable[["_Conversion", _Step], None]


@dataclass(slots=True)
class _Conversion:
    """One model on its way."""

    name: str
    described: Sequence[Any]
    values: Mapping[str, Values]
    nodes: list[Node] = field(default_factory=list[Node])
    constants: dict[str, Array] = field(default_factory=dict[str, Array])
    inputs: list[Port] = field(default_factory=list[Port])

    def graph(self) -> Graph:
        """Return the graph; outputs are what no step takes."""
        steps = list(self._in_order())
        taken = {_producer(name) for step in steps for name in step.inputs}
        for step in steps:
            if step.operator == "Const":
                self.constants[step.name] = self.values[step.name]
            elif step.operator in SAME_NAME:
                axis = {"axis": -1} if step.operator == "Softmax" else {}
                self._add(SAME_NAME[step.operator], step.inputs, step.name, **axis)
            elif step.operator in _CONVERSIONS:
                _CONVERSIONS[step.operator](self, step)
            else:
                raise NotTfjsError(f"no conversion of {step.operator} is known")
        used = {name for node in self.nodes for name in node.inputs}
        return Graph(
            name=self.name,
            inputs=self.inputs,
            outputs=[Port(step.name, FLOAT, None) for step in steps if step.name not in taken],
            nodes=self.nodes,
            constants={name: self.constants[name] for name in self.constants if name in used},
        )

    def _in_order(self) -> Iterator[_Step]:
        """Give the steps, each behind those that it takes from."""
        steps = {
            each["name"]: _Step(
                each["name"],
                each["op"],
                [name.removesuffix(":0") for name in each.get("input", []) if name[0] != "^"],
                each.get("attr", {}),
            )
            for each in self.described
        }
        done: set[str] = set()
        waiting = list(reversed(steps))
        while waiting:
            step = steps[waiting[-1]]
            missing = [name for name in map(_producer, step.inputs) if name not in done]
            if missing:
                waiting += missing
                continue
            waiting.pop()
            if step.name not in done:
                done.add(step.name)
                yield step

    def _add(
        self, operator: str, inputs: Sequence[str], output: str, **attributes: Attribute
    ) -> str:
        node = Node(operator=operator, inputs=inputs, output=output, attributes=attributes)
        self.nodes.append(node)
        return output

    def _constant(self, name: str, values: Array) -> str:
        self.constants[name] = values
        return name

    def placeholder(self, step: _Step) -> None:
        """Take an input; one image at a time where the model leaves their number open."""
        shape = [max(int(each["size"]), 1) for each in step.attributes["shape"]["shape"]["dim"]]
        self.inputs.append(Port(step.name, FLOAT, shape))

    def convolution(self, step: _Step) -> None:
        """Convolve with filters of (height, width, in, out)."""
        filters = self.values[step.inputs[1]].transpose(3, 2, 0, 1)
        self._convolve(step, filters, groups=1)

    def depthwise(self, step: _Step) -> None:
        """Convolve each channel by itself, with filters of (height, width, channels, filters)."""
        filters = self.values[step.inputs[1]]
        height, width, channels, each = filters.shape
        turned = filters.transpose(2, 3, 0, 1).reshape(channels * each, 1, height, width)
        self._convolve(step, turned, groups=channels)

    def _convolve(self, step: _Step, filters: Values, *, groups: int) -> None:
        first = f"{step.name}/first"
        self._add("Transpose", [step.inputs[0]], first, perm=TO_CHANNELS_FIRST)
        named = self._constant(f"{step.name}/filters", np.ascontiguousarray(filters, np.float32))
        inputs = [first, named]
        fused = step.fused()
        if fused[:1] == ["BiasAdd"]:
            inputs.append(step.inputs[2])
            fused = fused[1:]
        self._add(
            "Conv",
            inputs,
            f"{step.name}/convolved",
            auto_pad="SAME_UPPER" if step.text("padding") == "SAME" else "VALID",
            group=groups,
            strides=step.numbers("strides")[1:3],
        )
        at = f"{step.name}/last" if fused else step.name
        self._add("Transpose", [f"{step.name}/convolved"], at, perm=TO_CHANNELS_LAST)
        self._activate(step, fused, at)

    def _activate(self, step: _Step, fused: Sequence[str], at: str) -> None:
        match fused:
            case []:
                pass
            case ["Relu" | "Sigmoid" as operator]:
                self._add(operator, [at], step.name)
            case ["Relu6"]:
                bounds = (np.zeros((), np.float32), np.full((), 6, np.float32))
                names = [
                    self._constant(f"{step.name}/bound{place}", bound)
                    for place, bound in enumerate(bounds)
                ]
                self._add("Clip", [at, *names], step.name)
            case ["Prelu"]:
                self._add("PRelu", [at, step.inputs[-1]], step.name)
            case _:
                raise NotTfjsError(f"no conversion of {fused} is known")

    def pool(self, step: _Step) -> None:
        """Keep the largest value of each window."""
        first = self._add(
            "Transpose", [step.inputs[0]], f"{step.name}/first", perm=TO_CHANNELS_FIRST
        )
        self._add(
            "MaxPool",
            [first],
            f"{step.name}/pooled",
            auto_pad="SAME_UPPER" if step.text("padding") == "SAME" else "VALID",
            kernel_shape=step.numbers("ksize")[1:3],
            strides=step.numbers("strides")[1:3],
        )
        self._add("Transpose", [f"{step.name}/pooled"], step.name, perm=TO_CHANNELS_LAST)

    def pad(self, step: _Step) -> None:
        """Put zeros, or another value, around."""
        pads = self.values[step.inputs[1]].astype(np.int64)
        named = self._constant(f"{step.name}/pads", np.ascontiguousarray(pads.T.reshape(-1)))
        self._add("Pad", [step.inputs[0], named, *step.inputs[2:]], step.name)

    def reshape(self, step: _Step) -> None:
        """Give another shape."""
        self._add("Reshape", step.inputs, step.name)

    def mean(self, step: _Step) -> None:
        """Take the mean over axes."""
        axes = tuple(int(axis) for axis in self.values[step.inputs[1]].reshape(-1))
        keeps = int(bool(step.attributes.get("keep_dims", {}).get("b", False)))
        self._add("ReduceMean", step.inputs[:1], step.name, axes=axes, keepdims=keeps)

    def transpose(self, step: _Step) -> None:
        """Bring axes into another order."""
        order = tuple(int(axis) for axis in self.values[step.inputs[1]])
        self._add("Transpose", step.inputs[:1], step.name, perm=order)

    def leak(self, step: _Step) -> None:
        """Let a part of what is negative through."""
        slope = float(step.attributes.get("alpha", {}).get("f", 0.2))
        self._add("LeakyRelu", step.inputs, step.name, alpha=slope)

    def join(self, step: _Step) -> None:
        """Put arrays one behind the other."""
        axis = int(self.values[step.inputs[-1]])
        self._add("Concat", step.inputs[:-1], step.name, axis=axis)

    def split(self, step: _Step) -> None:
        """Cut an array into parts: one output, then `:1` and so on."""
        given, lengths, axis = step.inputs
        start = 0
        for place, length in enumerate(self.values[lengths].tolist()):
            bounds = (start, start + int(length), int(self.values[axis]))
            names = [
                self._constant(f"{step.name}/{place}/{at}", np.array([bound], np.int64))
                for at, bound in enumerate(bounds)
            ]
            output = f"{step.name}:{place}" if place else step.name
            self._add("Slice", [given, *names], output)
            start += int(length)

    def fill(self, step: _Step) -> None:
        """Make an array of one whole number; TensorFlow would put others at some places."""
        places, shape, _, value = (self.values[name] for name in step.inputs)
        if places.size:
            raise NotTfjsError("no conversion of arrays with few values is known")
        lengths = [int(length) for length in shape]
        self.constants[step.name] = np.full(lengths, int(value), np.int64)

    def resize(self, step: _Step) -> None:
        """Give pictures another size, linearly between pixels."""
        first = self._add(
            "Transpose", [step.inputs[0]], f"{step.name}/first", perm=TO_CHANNELS_FIRST
        )
        starts, ends = (
            self._constant(f"{step.name}/{at}", np.array([at], np.int64)) for at in (0, 2)
        )
        shape = self._add("Shape", [first], f"{step.name}/shape")
        kept = self._add("Slice", [shape, starts, ends], f"{step.name}/kept")
        size = self._add("Concat", [kept, step.inputs[1]], f"{step.name}/size", axis=0)
        halves = step.attributes.get("half_pixel_centers", {}).get("b", False)
        self._add(
            "Resize",
            [first, "", "", size],
            f"{step.name}/resized",
            mode="linear",
            coordinate_transformation_mode="half_pixel" if halves else "asymmetric",
        )
        self._add("Transpose", [f"{step.name}/resized"], step.name, perm=TO_CHANNELS_LAST)

    def multiply_matrices(self, step: _Step) -> None:
        """Multiply by a matrix, and add a bias."""
        product = f"{step.name}/product"
        self._add("MatMul", step.inputs[:2], product)
        fused = step.fused()
        if fused[:1] != ["BiasAdd"]:
            self._activate(step, ["Identity", *fused], product)
            return
        at = f"{step.name}/biased" if fused[1:] else step.name
        self._add("Add", [product, step.inputs[2]], at)
        self._activate(step, fused[1:], at)


_CONVERSIONS: Mapping[str, _Convert] = {
    "ConcatV2": _Conversion.join,
    "Conv2D": _Conversion.convolution,
    "DepthwiseConv2dNative": _Conversion.depthwise,
    "LeakyRelu": _Conversion.leak,
    "MaxPool": _Conversion.pool,
    "Mean": _Conversion.mean,
    "Pad": _Conversion.pad,
    "PadV2": _Conversion.pad,
    "Placeholder": _Conversion.placeholder,
    "Reshape": _Conversion.reshape,
    "ResizeBilinear": _Conversion.resize,
    "SparseToDense": _Conversion.fill,
    "SplitV": _Conversion.split,
    "Transpose": _Conversion.transpose,
    "_FusedConv2D": _Conversion.convolution,
    "_FusedMatMul": _Conversion.multiply_matrices,
}


def _producer(name: str) -> str:
    """Return the step that gives an output: several are told apart by a number behind a colon."""
    return name.partition(":")[0]
