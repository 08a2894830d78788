"""`python -m outcrop_runtime.serving FRAMEWORK`: serve the model of `/opt/ml/model`."""

import os
import subprocess
import sys

from outcrop_runtime.serving.supervisor import Supervisor
from outcrop_runtime.serving.surroundings import Surroundings

NEURON = ("ml.inf", "ml.trn")
COMPILED = "compiled_models"


def main(framework: str) -> None:
    """Install what the user's code requires, and serve."""
    surroundings = Surroundings.read()
    instance_type = os.environ.get("OUTCROP_INSTANCE_TYPE", "")
    if instance_type.startswith(NEURON) and framework != COMPILED:
        print(
            f"There is no chip of {instance_type} here, and the model is not a compiled one: it"
            " runs as it is on the processors of this machine.",
            flush=True,
        )
    required = surroundings.code / "requirements.txt"
    if required.is_file():
        command = [sys.executable, "-m", "pip", "install", "--no-input"]
        done = subprocess.run([*command, "-r", str(required)], check=False)  # noqa: S603 - pip
        if done.returncode:
            sys.exit(f"The packages of {required} could not be installed.")
    sys.exit(Supervisor(surroundings, framework).run())


if __name__ == "__main__":
    main(sys.argv[1])
