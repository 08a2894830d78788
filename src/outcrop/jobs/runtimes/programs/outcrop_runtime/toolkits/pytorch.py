"""AWS's training toolkit for PyTorch, on a machine that several jobs share.

Source: https://github.com/aws/sagemaker-pytorch-training-toolkit
"""

import os
import socket
from importlib import metadata
from typing import Any

from sagemaker_pytorch_container import training
from sagemaker_training import environment, process, torch_distributed

from outcrop_runtime.ports import meeting_port
from outcrop_runtime.toolkits.whole_lines import WholeLines


def main() -> None:
    """Run the user's script as the toolkit does, but for three things.

    The instances meet at a port of their job's own: the toolkit's is one for all, and PyTorch
    listens on it at every address of the machine. PyTorch's version is asked of its package's
    description: the toolkit imports PyTorch for it, which takes seconds. And lines stay whole.
    """
    job = environment.Environment()
    port = str(meeting_port(socket.gethostbyname(job.master_hostname)))
    training.MASTER_PORT = torch_distributed.MASTER_PORT = port
    os.environ["SM_DLC_TORCH_VERSION"] = metadata.version("torch")
    training._set_torch_version_environment = lambda: None  # noqa: SLF001 - see above
    watch = process.watch

    async def watch_lines(stream: Any, *arguments: Any, **named: Any) -> Any:
        return await watch(stream and WholeLines(stream), *arguments, **named)

    process.watch = watch_lines
    training.train(job)
