"""The files of a channel as rows: each instance keeps its own part."""

from outcrop_runtime.training.reading.folders import Images, read_images, read_texts
from outcrop_runtime.training.reading.parts import Part
from outcrop_runtime.training.reading.tables import Table, read_table

__all__ = ["Images", "Part", "Table", "read_images", "read_table", "read_texts"]
