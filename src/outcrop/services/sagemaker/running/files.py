"""Where a job's files are: on this machine while it runs, in S3 before and after.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/model-train-storage.html
"""

from dataclasses import dataclass
from pathlib import Path

from outcrop.aws.s3_uris import bucket_and_key


@dataclass(frozen=True, slots=True)
class S3Place:
    """A bucket and what the keys start with."""

    bucket: str
    prefix: str

    @classmethod
    def of(cls, uri: str) -> "S3Place":
        """Return the place that a URI names: `s3://bucket/prefix`.

        Raises:
            ValueError: It names none.
        """
        return cls(*bucket_and_key(uri))

    def key(self, *names: str) -> str:
        """Return a key below the place."""
        return "/".join(part for part in (self.prefix.rstrip("/"), *names) if part)

    def uri(self, *names: str) -> str:
        """Return the URI of what lies below the place."""
        return f"s3://{self.bucket}/{self.key(*names)}"


@dataclass(frozen=True, slots=True)
class JobFiles:
    """The files of one job while it runs."""

    folder: Path

    @classmethod
    def all_below(cls, directory: Path) -> "list[JobFiles]":
        """Return the files of all jobs of a server."""
        return [cls(folder) for folder in directory.iterdir()] if directory.exists() else []

    def hosts(self) -> list[str]:
        """Return the instances that have files."""
        return [path.name for path in self.folder.glob("algo-*")]

    def left(self, host: str, path: str) -> Path | None:
        """Return what an instance left at a path below `/opt/ml`; `None` if a link leads away."""
        root = self.instance(host).resolve()
        found = (root / path).resolve()
        return found if found.is_relative_to(root) else None

    def instance(self, host: str) -> Path:
        """What an instance sees as `/opt/ml`."""
        return self.folder / host

    def channel(self, name: str, host: str | None = None) -> Path:
        """The data of a channel: of all instances, or of one that has its own part."""
        return self.folder / "channels" / name / (host or "all")
