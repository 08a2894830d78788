"""Shows how far a pull has come: a bar on a terminal, a line per step elsewhere."""

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from outcrop.weights import Entry, PullProgress


class PullDisplay:
    """The display of one pull, on standard error."""

    def __init__(self, entry: Entry) -> None:
        self._console = Console(stderr=True)
        self._bar = Progress(
            TextColumn("  {task.description}"),
            BarColumn(),
            DownloadColumn(),
            TransferSpeedColumn(),
            console=self._console,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task("starting", total=entry.size)
        self._shown = ""

    def __enter__(self) -> "PullDisplay":
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def report(self, progress: PullProgress) -> None:
        """Show a step."""
        self._bar.update(self._task, description=progress.step, completed=progress.done)
        if not self._console.is_terminal and progress.step != self._shown:
            percent = 100 * progress.done // progress.total
            self._console.print(f"  {progress.step} ({percent} %)", highlight=False)
        self._shown = progress.step
