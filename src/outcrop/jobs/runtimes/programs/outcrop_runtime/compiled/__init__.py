"""Compiled models, as compilation jobs leave them: a graph of ONNX, and what is known of it."""
