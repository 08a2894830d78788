"""What a finished write survives."""

from typing import Literal, TypeAlias

Durability: TypeAlias = Literal["full", "process"]
"""`full`: a loss of power. `process`: the death of the process, but not of the operating system.

Decision 0005 says what each costs, and which is the default where.
"""

DEFAULT_DURABILITY: Durability = "process"
