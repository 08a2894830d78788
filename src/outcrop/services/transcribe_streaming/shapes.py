"""The errors of the service model; the stub beside this file has the types too."""

from outcrop.operations.shapes import modelled_errors

__getattr__ = modelled_errors("transcribe-streaming")
