"""The process that holds a GGUF model: llama.cpp's own server on a private Unix socket.

Run by `LlamaCppChatModel`, whose requests go to the socket and not over the worker's pipe: no
Python stands between llama.cpp and the parent.

Source: https://github.com/ggml-org/llama.cpp/tree/master/tools/server
"""

import os
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import xllamacpp  # pyright: ignore[reportMissingTypeStubs]: it ships none

from outcrop.engines.workers import child
from outcrop.engines.workers.frames import Frame

_llama: Any = xllamacpp
_ERRORS_ONLY = 1
"""llama.cpp's log levels: 1 error, 2 warning, 3 information."""
_SPARE_HTTP_THREADS = 4
"""Beside those that stream: for counting tokens and rendering templates."""


def start(config: Any, report: Callable[[Any], None]) -> child.Ready:
    """Load the model and listen."""
    report({"loading": config["model"]})
    address = Path(config["socket"])
    address.unlink(missing_ok=True)  # A process that was killed leaves it.
    try:
        server = _llama.Server(_parameters(config))
    except RuntimeError as error:
        raise child.RefusedError("load", f"{config['model']} does not load: {error}") from error

    def keep(_: Frame) -> Generator[Frame, None, None]:
        """Answer where the server listens; holding it here keeps it alive."""
        yield Frame({"listening": server.listening_address})

    return child.Ready(handle=keep)


def _parameters(config: Any) -> Any:
    parameters = _llama.CommonParams()
    parameters.model.path = config["model"]
    parameters.hostnames = [config["socket"]]
    parameters.n_parallel = config["slots"]
    parameters.n_ctx = config["cache_tokens"]
    parameters.kv_unified = True
    parameters.n_batch = parameters.n_ubatch = config["batch_tokens"]
    parameters.n_gpu_layers = config["gpu_layers"]
    threads = config["threads"] or _idle_threads()
    parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = threads
    parameters.n_threads_http = config["slots"] + _SPARE_HTTP_THREADS
    # Prompts of slots that were taken over by others wait here for their next turn.
    parameters.cache_ram_mib = config["prompt_cache_mib"]
    parameters.ctx_shift = False
    parameters.fit_params = False
    parameters.ui = False
    parameters.endpoint_slots = True
    parameters.verbosity = _ERRORS_ONLY
    return parameters


def _idle_threads() -> int:
    """Return how many processors are free now, and at least half of them.

    llama.cpp's threads wait for one another many times per token: where one of them shares its
    processor, all are slow. On two busy processors, one thread was four to twenty times as fast
    as two.
    """
    processors = len(os.sched_getaffinity(0))
    return max(1, processors // 2, processors - round(os.getloadavg()[0]))


if __name__ == "__main__":
    child.serve(start)
