"""Faces in Rekognition's shapes, and which of them are good enough.

Source: https://docs.aws.amazon.com/rekognition/latest/APIReference/API_FaceDetail.html
"""

import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import TypedDict

from outcrop.engines.faces.interface import Face, FaceBox
from outcrop.services.rekognition import shapes
from outcrop.services.rekognition.images import percent

ALL, MOUTH_OPEN, EYES_OPEN = "ALL", "MOUTH_OPEN", "EYES_OPEN"
AGE_RANGE, GENDER = "AGE_RANGE", "GENDER"
DEFAULT_LANDMARKS = ("eye_left", "eye_right", "mouth_left", "mouth_right", "nose")
OPEN_MOUTH = 0.15
"""The gap between the lips from which on a mouth is open, as a part of its width."""
OPEN_MOUTH_SPREAD = 0.04
"""How far from it the rule is 73 % sure."""
OPEN_EYES, OPEN_EYES_SPREAD = 0.165, 0.02
"""The same of the gap between the lids, as a part of the eye's width."""
AGE_SPREAD, LEAST_AGE_SPREAD = 0.2, 4.0
"""How far an age may be off: the part of it, and years; see docs/accuracy.md."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityBar:
    """What a face must be; our own measures."""

    score: float
    brightness: float
    sharpness: float
    side_pixels: float
    turn_degrees: float
    """The most that a head may be turned or bent."""


QUALITY_BARS = {
    "LOW": QualityBar(score=0.6, brightness=0.1, sharpness=0.05, side_pixels=20, turn_degrees=75),
    "MEDIUM": QualityBar(
        score=0.8, brightness=0.15, sharpness=0.15, side_pixels=40, turn_degrees=60
    ),
    "HIGH": QualityBar(score=0.95, brightness=0.2, sharpness=0.3, side_pixels=60, turn_degrees=45),
}
AUTO_BAR = "LOW"


def as_box(box: FaceBox) -> shapes.BoundingBox:
    """Return a box in Rekognition's shape."""
    return {"Left": box.left, "Top": box.top, "Width": box.width, "Height": box.height}


def as_detail(face: Face, attributes: Collection[str] = ()) -> shapes.FaceDetail:
    """Return a face with the attributes that were asked for, as far as they can be known."""
    is_all = ALL in attributes
    detail: shapes.FaceDetail = {
        "BoundingBox": as_box(face.box),
        "Confidence": percent(face.score),
        "Landmarks": as_landmarks(face, every=is_all),
        "Pose": as_pose(face),
        "Quality": as_quality(face),
    }
    if is_all or MOUTH_OPEN in attributes:
        detail["MouthOpen"] = _mouth_open(face)
    if face.lids_apart is not None and (is_all or EYES_OPEN in attributes):
        detail["EyesOpen"] = _eyes_open(face.lids_apart)
    if face.age_years is not None and (is_all or AGE_RANGE in attributes):
        detail["AgeRange"] = _age_range(face.age_years)
    if face.male is not None and (is_all or GENDER in attributes):
        detail["Gender"] = _gender(face.male)
    return detail


def as_compared(face: Face) -> shapes.ComparedFace:
    """Return a face in the shape that comparisons answer with."""
    return {
        "BoundingBox": as_box(face.box),
        "Confidence": percent(face.score),
        "Landmarks": as_landmarks(face, every=False),
        "Pose": as_pose(face),
        "Quality": as_quality(face),
    }


def as_landmarks(face: Face, *, every: bool) -> list[shapes.Landmark]:
    """Return the five landmarks that every answer has, or all."""
    names = face.landmarks if every else DEFAULT_LANDMARKS
    return [
        {"Type": _camel(name), "X": face.landmarks[name][0], "Y": face.landmarks[name][1]}
        for name in names
    ]


def as_pose(face: Face) -> shapes.Pose:
    """Return how the head is turned."""
    return {"Roll": face.pose.roll, "Yaw": face.pose.yaw, "Pitch": face.pose.pitch}


def as_quality(face: Face) -> shapes.ImageQuality:
    """Return how bright and sharp the face is."""
    return {"Brightness": percent(face.brightness), "Sharpness": percent(face.sharpness)}


def reasons_against(face: Face, quality_filter: str) -> list[str]:
    """Return why a face is not good enough for a filter, in Rekognition's words."""
    if quality_filter == "NONE":
        return []
    bar = QUALITY_BARS[AUTO_BAR if quality_filter == "AUTO" else quality_filter]
    turn = max(abs(face.pose.yaw), abs(face.pose.pitch))
    found = {
        "EXTREME_POSE": turn > bar.turn_degrees,
        "LOW_BRIGHTNESS": face.brightness < bar.brightness,
        "LOW_SHARPNESS": face.sharpness < bar.sharpness,
        "LOW_CONFIDENCE": face.score < bar.score,
        "SMALL_BOUNDING_BOX": face.side_pixels < bar.side_pixels,
    }
    return [reason for reason, applies in found.items() if applies]


def _mouth_open(face: Face) -> shapes.MouthOpen:
    """Tell whether the lips are apart; the farther from the bound, the surer."""
    chance = _chance(face.lips_apart, OPEN_MOUTH, OPEN_MOUTH_SPREAD)
    return {"Value": chance > 0.5, "Confidence": percent(max(chance, 1 - chance))}


def _eyes_open(lids_apart: float) -> shapes.EyeOpen:
    """Tell whether the lids of both eyes are apart."""
    chance = _chance(lids_apart, OPEN_EYES, OPEN_EYES_SPREAD)
    return {"Value": chance > 0.5, "Confidence": percent(max(chance, 1 - chance))}


def _age_range(age_years: float) -> shapes.AgeRange:
    spread = max(LEAST_AGE_SPREAD, AGE_SPREAD * age_years)
    return {"Low": max(0, round(age_years - spread)), "High": round(age_years + spread)}


def _gender(male: float) -> shapes.Gender:
    """Tell which of two genders a face looks like."""
    value = "Male" if male > 0.5 else "Female"
    return {"Value": value, "Confidence": percent(max(male, 1 - male))}


def _chance(measure: float, bound: float, spread: float) -> float:
    return 1 / (1 + math.exp(-(measure - bound) / spread))


class Looks(TypedDict):
    """What is looked for in faces, besides where they are: arguments of `FaceFinder.find`."""

    eyes: bool
    age_and_gender: bool


def looks_for(attributes: Collection[str]) -> Looks:
    """Return what must be looked for, so that attributes can be told."""
    return {
        "eyes": not {ALL, EYES_OPEN}.isdisjoint(attributes),
        "age_and_gender": not {ALL, AGE_RANGE, GENDER}.isdisjoint(attributes),
    }


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))
