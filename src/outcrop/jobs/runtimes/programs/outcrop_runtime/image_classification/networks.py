"""Residual networks, as MXNet's for ImageNet and CIFAR, and EfficientNet-Lite0.

Sources: https://arxiv.org/abs/1603.05027 (ResNet with its activations first),
https://arxiv.org/abs/1905.11946 and its `lite` variant (EfficientNet without squeezes)
"""

import math
from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

LARGE: Mapping[int, Sequence[int]] = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
    200: (3, 24, 36, 3),
}
"""Blocks of each stage of the networks for large images."""
MEAN, DEVIATION = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
"""Of ImageNet's red, green and blue, from 0 to 255."""
LITE0 = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80))
LITE0_END = ((3, 5, 1, 6, 112), (4, 5, 2, 6, 192), (1, 3, 1, 6, 320))
"""Of each stage: blocks, the filter's side, the first one's stride, the widening, channels."""
LITE0_FEATURES, LITE0_EPSILON = 1280, 1e-3


class Normalized(nn.Module):
    """Images from 0 to 255 with ImageNet's mean 0 and deviation 1, before a network."""

    def __init__(self, body: nn.Module, channels: int, features: int, classes: int) -> None:
        super().__init__()
        self.register_buffer("mean", torch.tensor(MEAN[:channels]).view(-1, 1, 1))
        self.register_buffer("deviation", torch.tensor(DEVIATION[:channels]).view(-1, 1, 1))
        self.body = body
        self.classes = nn.Linear(features, classes)

    def forward(self, images: Tensor) -> Tensor:
        """Return the outputs of images: uint8, (images, channels, height, width)."""
        seen = self.body((images.float() - self.mean) / self.deviation)
        return self.classes(seen.mean((2, 3)))


class Residual(nn.Module):
    """A block whose activations come before its filters."""

    def __init__(self, before: int, after: int, stride: int, *, is_narrow: bool) -> None:
        super().__init__()
        middle = after // 4 if is_narrow else after
        self.first = nn.BatchNorm2d(before)
        sizes = (
            ((before, middle, 1, 1), (middle, middle, 3, stride), (middle, after, 1, 1))
            if is_narrow
            else ((before, middle, 3, stride), (middle, after, 3, 1))
        )
        layers: list[nn.Module] = []
        for number, (of, to, side, step) in enumerate(sizes):
            if number:
                layers += [nn.BatchNorm2d(of), nn.ReLU()]
            layers.append(nn.Conv2d(of, to, side, step, side // 2, bias=False))
        self.layers = nn.Sequential(*layers)
        is_same = before == after and stride == 1
        self.shortcut = None if is_same else nn.Conv2d(before, after, 1, stride, bias=False)

    def forward(self, seen: Tensor) -> Tensor:
        """Add what the block sees to what came in."""
        active = functional.relu(self.first(seen))
        return self.layers(active) + (seen if self.shortcut is None else self.shortcut(active))


def residual_network(layers: int, channels: int, classes: int) -> nn.Module:
    """Return a network of so many layers with weights by chance."""
    if layers in LARGE:
        is_narrow = layers >= 50
        widths = [64 * 2**stage * (4 if is_narrow else 1) for stage in range(4)]
        stages = LARGE[layers]
        body: list[nn.Module] = [
            nn.Conv2d(channels, 64, 7, 2, 3, bias=False),
            nn.BatchNorm2d(64),
            nn.ReLU(),
            nn.MaxPool2d(3, 2, 1),
        ]
        before = 64
    else:
        is_narrow, widths, stages, before = False, [16, 32, 64], [(layers - 2) // 6] * 3, 16
        body = [nn.Conv2d(channels, 16, 3, 1, 1, bias=False)]
    for stage, (width, count) in enumerate(zip(widths, stages, strict=True)):
        for block in range(count):
            stride = 2 if stage and not block else 1
            body.append(Residual(before, width, stride, is_narrow=is_narrow))
            before = width
    network = Normalized(
        nn.Sequential(*body, nn.BatchNorm2d(before), nn.ReLU()), channels, before, classes
    )
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
    return network


class Inverted(nn.Module):
    """A block of EfficientNet: wide within, narrow between."""

    def __init__(self, before: int, after: int, side: int, stride: int, widening: int) -> None:
        super().__init__()
        wide = before * widening
        self.adds = stride == 1 and before == after
        self.widen = nn.Sequential(
            *(_filter(before, wide, 1, 1), nn.ReLU6()) if widening > 1 else ()
        )
        self.deep = nn.Sequential(_filter(wide, wide, side, stride, wide), nn.ReLU6())
        self.narrow = _filter(wide, after, 1, 1)

    def forward(self, seen: Tensor) -> Tensor:
        """Return what the block sees."""
        found = self.narrow(self.deep(self.widen(seen)))
        return seen + found if self.adds else found


class Padded(nn.Conv2d):
    """A convolution that pads as TensorFlow does: where it is odd, more at the end."""

    def forward(self, seen: Tensor) -> Tensor:  # pyright: ignore[reportIncompatibleMethodOverride] - torch names its argument `input`
        """See `nn.Conv2d.forward`."""
        missing = [
            max((math.ceil(size / step) - 1) * step + side - size, 0)
            for size, step, side in zip(seen.shape[-2:], self.stride, self.kernel_size, strict=True)
        ]
        top, left = missing[0] // 2, missing[1] // 2
        padded = functional.pad(seen, (left, missing[1] - left, top, missing[0] - top))
        return super().forward(padded)


def _filter(before: int, after: int, side: int, stride: int, groups: int = 1) -> nn.Sequential:
    return nn.Sequential(
        Padded(before, after, side, stride, groups=groups, bias=False),
        nn.BatchNorm2d(after, eps=LITE0_EPSILON, momentum=0.01),
    )


def efficient_network(classes: int) -> Normalized:
    """Return EfficientNet-Lite0 with weights by chance."""
    blocks: list[nn.Module] = []
    before = 32
    for count, side, stride, widening, width in (*LITE0, *LITE0_END):
        for block in range(count):
            blocks.append(Inverted(before, width, side, stride if not block else 1, widening))
            before = width
    body = nn.Sequential(
        nn.Sequential(_filter(3, 32, 3, 2), nn.ReLU6()),
        *blocks,
        nn.Sequential(_filter(before, LITE0_FEATURES, 1, 1), nn.ReLU6()),
    )
    network = Normalized(body, 3, LITE0_FEATURES, classes)
    # What it was trained with.
    network.mean.fill_(127.0)
    network.deviation.fill_(128.0)
    return network
