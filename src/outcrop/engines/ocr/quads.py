"""Quadrilaterals around text, and what lies in them, set straight."""

from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

Pixels: TypeAlias = npt.NDArray[np.uint8]
"""uint8, (height, width, 3)."""
Quad: TypeAlias = npt.NDArray[np.float32]
"""float32, (4, 2): x and y in pixels, clockwise from the text's top left corner."""
Span: TypeAlias = tuple[float, float, float, float]
"""Left, top, right, bottom inside a quadrilateral, as shares of its width and height."""


def from_contour(contour: npt.NDArray[np.int32]) -> tuple[Quad, float]:
    """Return the smallest rectangle around a contour, and the length of its shorter side."""
    rectangle = cv2.minAreaRect(contour)
    return clockwise(np.asarray(cv2.boxPoints(rectangle), np.float32)), min(rectangle[1])


def clockwise(points: Quad) -> Quad:
    """Order corners clockwise from the top left one, by where they lie in the picture."""
    by_x = points[np.argsort(points[:, 0], kind="stable")]
    left = by_x[:2][np.argsort(by_x[:2, 1], kind="stable")]
    right = by_x[2:][np.argsort(by_x[2:, 1], kind="stable")]
    return np.stack([left[0], right[0], right[1], left[1]])


def size(quad: Quad) -> tuple[float, float]:
    """Return a quadrilateral's width and height, along its longer sides."""
    top, right, bottom, left = (
        float(np.linalg.norm(quad[at] - quad[(at + 1) % 4])) for at in range(4)
    )
    return max(top, bottom), max(left, right)


def grown(quad: Quad, distance: float) -> Quad:
    """Return a rectangle whose sides have moved outwards."""
    width, height = size(quad)
    if not width or not height:
        return quad
    along = (quad[1] - quad[0]) / width * distance
    down = (quad[3] - quad[0]) / height * distance
    return quad + np.stack([-along - down, along - down, along + down, down - along])


def turned(quad: Quad, quarters: int) -> Quad:
    """Return the quadrilateral of text that stands a number of quarters further clockwise."""
    return np.roll(quad, -quarters, axis=0)


def crop(image: Pixels, quad: Quad, *, height: int) -> Pixels:
    """Return what lies in a quadrilateral, straight and upright, in pixels of this height."""
    across, down = size(quad)
    width = max(1, round(height * across / max(down, 1.0)))
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), corners)
    interpolation = cv2.INTER_CUBIC
    if down > 2 * height:  # Every pixel counts: a warp by interpolation would skip some.
        return _shrunk_crop(image, quad, (width, height))
    warped = cv2.warpPerspective(
        image, matrix, (width, height), flags=interpolation, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(warped, np.uint8)


def _shrunk_crop(image: Pixels, quad: Quad, target: tuple[int, int]) -> Pixels:
    across, down = (max(1, round(side)) for side in size(quad))
    corners = np.array([[0, 0], [across, 0], [across, down], [0, down]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad.astype(np.float32), corners)
    whole = cv2.warpPerspective(
        image, matrix, (across, down), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cv2.resize(whole, target, interpolation=cv2.INTER_AREA), np.uint8)


def part(quad: Quad, span: Span) -> Quad:
    """Return a part of a quadrilateral."""
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    matrix = cv2.getPerspectiveTransform(unit, quad.astype(np.float32))
    left, top, right, bottom = span
    corners = np.array([[[left, top], [right, top], [right, bottom], [left, bottom]]], np.float32)
    return np.asarray(cv2.perspectiveTransform(corners, matrix)[0], np.float32)


def rotation_degrees(quad: Quad) -> float:
    """Return how far the text in a quadrilateral is turned clockwise, -180 to 180."""
    across = (quad[1] - quad[0]) + (quad[2] - quad[3])
    return float(np.degrees(np.arctan2(across[1], across[0])))
