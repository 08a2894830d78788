"""How many accelerators an instance type has.

Source: https://docs.aws.amazon.com/ec2/latest/instancetypes/ac.html
"""

from collections.abc import Mapping

BY_TYPE: Mapping[str, int] = {
    "dl1.24xlarge": 8,
    "g4dn.12xlarge": 4,
    "g5.12xlarge": 4,
    "g5.24xlarge": 4,
    "g5.48xlarge": 8,
    "g6.12xlarge": 4,
    "g6.24xlarge": 4,
    "g6.48xlarge": 8,
    "g6e.12xlarge": 4,
    "g6e.24xlarge": 4,
    "g6e.48xlarge": 8,
    "inf1.24xlarge": 16,
    "inf1.6xlarge": 4,
    "inf2.24xlarge": 6,
    "inf2.48xlarge": 12,
    "p2.16xlarge": 16,
    "p2.8xlarge": 8,
    "p3.16xlarge": 8,
    "p3.8xlarge": 4,
    "p4d.24xlarge": 8,
    "p4de.24xlarge": 8,
    "p5.48xlarge": 8,
    "p5e.48xlarge": 8,
    "p5en.48xlarge": 8,
    "p6-b200.48xlarge": 8,
    "p6-b300.48xlarge": 8,
    "trn1.32xlarge": 16,
    "trn1n.32xlarge": 16,
    "trn2.48xlarge": 16,
}
"""Those that have more than one."""
FAMILIES = ("dl", "g", "inf", "p", "trn")
"""What the families that have some begin with."""


def accelerators_of(instance_type: str) -> int:
    """Return the GPUs, Inferentia or Trainium chips of an instance type."""
    name = instance_type.removeprefix("ml.")
    has_some = any(name[: len(one)] == one and name[len(one)].isdigit() for one in FAMILIES)
    return BY_TYPE.get(name, 1) if has_some else 0
