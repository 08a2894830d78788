"""What instance types have, and what they get of this machine."""

import botocore.session
import pytest

from outcrop.jobs.host import Host
from outcrop.services.sagemaker.running.instance_types import GIB, Capacity, capacity, share

MODEL = botocore.session.get_session().get_service_model("sagemaker")


@pytest.mark.parametrize(
    ("name", "cpus", "gib"),
    [
        ("ml.m5.large", 2, 8),
        ("ml.c5.18xlarge", 72, 144),
        ("ml.r5d.24xlarge", 96, 768),
        ("ml.t3.medium", 2, 4),
        ("ml.p3.2xlarge", 8, 61),
        ("ml.g4dn.16xlarge", 64, 256),
        ("ml.p4d.24xlarge", 96, 1152),
        ("ml.inf1.2xlarge", 8, 16),
    ],
)
def test_a_type_has_what_aws_says(name: str, cpus: int, gib: int) -> None:
    assert capacity(name) == Capacity(cpus=cpus, memory_bytes=gib * GIB)


@pytest.mark.parametrize("shape", ["TrainingInstanceType", "ProcessingInstanceType"])
def test_every_type_of_the_service_model_is_known(shape: str) -> None:
    names: list[str] = getattr(MODEL.shape_for(shape), "enum")  # noqa: B009 - typed nowhere

    assert [name for name in names if capacity(name) is None] == []


def test_an_instance_gets_no_more_than_the_machine_has() -> None:
    host = Host(cpus=4, memory_bytes=16 * GIB)

    def shared(name: str, instances: int) -> tuple[int, int]:
        got = share(name, instances=instances, host=host)
        return got.cpus, got.memory_bytes // GIB

    assert shared("ml.m5.large", 1) == (2, 8)
    assert shared("ml.p3.16xlarge", 1) == (4, 16)
    assert shared("ml.m5.xlarge", 2) == (2, 8)
    assert shared("ml.m5.xlarge", 8) == (1, 2)
    assert shared("ml.u9.huge", 1) == (4, 16)
