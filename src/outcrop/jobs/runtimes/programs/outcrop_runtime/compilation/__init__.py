"""Compiles a model for ONNX Runtime: converted, optimised, checked against what it was, measured.

What a compilation job runs: it finds the unpacked model in `/opt/ml/input/model` and its task in
`/opt/ml/input/config/compilation.json`, and leaves the compiled model in `/opt/ml/model`.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/neo.html
"""
