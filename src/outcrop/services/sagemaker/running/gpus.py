"""How many GPUs the instances of a job get of this machine: what their type has, if it is there.

Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html
"""

from dataclasses import dataclass

from outcrop.services.sagemaker.running.accelerators import accelerators_of
from outcrop.services.sagemaker.running.kind import Work

FAMILIES = ("g", "p")
"""What the families with GPUs begin with: other accelerators are no GPUs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpus:
    """The GPUs of a job's instances."""

    each: int = 0
    """How many an instance sees."""
    together: int = 0
    """How many the job takes from others."""
    are_shared: bool = False
    """Whether all instances have the same."""
    notice: str = ""
    """What is to be said of them in the job's log, if they are not what they are on AWS."""


def gpus_of(instance_type: str) -> int:
    """Return how many GPUs an instance type has on AWS."""
    family = instance_type.removeprefix("ml.")
    has_some = any(family.startswith(one) and family[len(one)].isdigit() for one in FAMILIES)
    return accelerators_of(instance_type) if has_some else 0


def share_of_gpus(work: Work) -> Gpus:
    """Return what a job's instances get; on other machines than this nobody here knows of any."""
    has = gpus_of(work.instances.type)
    if not has or not work.jobs.is_local:
        return Gpus()
    return shared(work.instances.type, instances=work.instances.count, there=work.jobs.gpus)


def shared(instance_type: str, *, instances: int, there: int) -> Gpus:
    """Return what some instances get of the GPUs that there are."""
    has = gpus_of(instance_type)
    if not there:
        notice = (
            f"{instance_type} has {_counted(has)} on AWS, and this machine has none: the job runs"
            " on its processors."
        )
        return Gpus(notice=notice)
    if there < instances:
        each = min(has, there)
        notice = (
            f"This machine has {_counted(there)} for {instances} instances of {instance_type}, so"
            f" that they share {'it' if each == 1 else 'them'}, which NCCL refuses and gloo allows."
        )
        return Gpus(each=each, together=each, are_shared=True, notice=notice)
    each = min(has, there // instances)
    notice = ""
    if each < has:
        notice = f"An instance gets {each} of the {_counted(has)} that {instance_type} has on AWS."
    return Gpus(each=each, together=each * instances, notice=notice)


def _counted(number: int) -> str:
    return "1 GPU" if number == 1 else f"{number} GPUs"
