"""The modelled errors of Bedrock Runtime; `make shapes` writes the types of its shapes."""

from outcrop.operations.shapes import modelled_errors

__getattr__ = modelled_errors("bedrock-runtime")
