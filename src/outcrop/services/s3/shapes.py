"""S3's modelled errors, and for type checkers its shapes: see `operations/shapes.py`."""

from outcrop.operations.shapes import modelled_errors

__getattr__ = modelled_errors("s3")
