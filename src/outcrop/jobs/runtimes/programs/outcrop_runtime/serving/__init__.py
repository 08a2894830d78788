"""The model server: what a serving image runs, answering on Unix sockets instead of port 8080.

One process, the supervisor, starts as many workers as it is told to; each worker loads the model
and answers `/ping` and `/invocations` on a socket of its own.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""
