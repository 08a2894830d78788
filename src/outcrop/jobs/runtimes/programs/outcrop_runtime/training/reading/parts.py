"""Which rows are an instance's own."""

from dataclasses import dataclass

from outcrop_runtime.training.contract import Channel


@dataclass(frozen=True, slots=True)
class Part:
    """Each `count`th row, from row `index` on."""

    index: int
    count: int

    @classmethod
    def of(cls, channel: Channel, rank: int, instances: int) -> "Part":
        """Return an instance's part of a channel: all of it, if others have other files."""
        return cls(0, 1) if channel.is_sharded else cls(rank, instances)

    def offset(self, before: int) -> int:
        """Return which row is the first of the part, after so many rows."""
        return (self.index - before) % self.count

    def __str__(self) -> str:
        if self.count == 1:
            return "all rows of its files"
        return f"row {self.index} and every {self.count}. row after it"
