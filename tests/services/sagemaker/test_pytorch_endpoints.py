"""Endpoints of PyTorch: models in TorchScript without a script, and the default trainer's."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.installed_runtimes import program_environment, runtime_python
from tests.services.sagemaker.endpoint_account import EndpointAccount, packed

IMAGE = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.0-cpu-py310"
SCRIPTED = """
import sys, torch
class Double(torch.nn.Module):
    def forward(self, x):
        return 2 * x
torch.jit.trace(Double(), torch.ones(1, 2)).save(sys.argv[1])
"""


def test_a_model_in_torchscript_needs_no_script(endpoints: EndpointAccount, tmp_path: Path) -> None:
    path = tmp_path / "model.pth"
    command = [runtime_python("pytorch"), "-c", SCRIPTED, path]
    subprocess.run(command, env=program_environment(), check=True)
    endpoints.put_model("double", packed({"model.pth": path.read_bytes()}), Image=IMAGE)
    endpoints.configure("double", {"ModelName": "double"})
    endpoints.sagemaker.create_endpoint(EndpointName="double", EndpointConfigName="double")
    endpoints.wait("double")

    assert endpoints.ask("double", [[1.0, 2.5]]) == [[2.0, 5.0]]
    with pytest.raises(ClientError) as caught:
        endpoints.runtime.invoke_endpoint(
            EndpointName="double", ContentType="image/png", Body=b"\x89PNG"
        )
    error: Any = caught.value.response
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert error["OriginalStatusCode"] == 415
    assert error["OriginalMessage"].startswith('{"error": "UnsupportedFormatError"')
