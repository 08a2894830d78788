"""What a run of the conformance prints."""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from conformance.trial import Tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What came of one service."""

    service: str
    implemented: int
    """Operations that Outcrop answers."""
    total: int
    """Operations that the service model has."""
    tally: Tally


def print_failures(rows: list[Row], *, most: int) -> None:
    """Print the first failures of each service, with request and answer."""
    console = Console(stderr=True)
    for row in rows:
        failures = row.tally.failures
        for failure in failures[:most]:
            console.rule(escape(f"{row.service}: {failure.case}"), align="left")
            console.print("\n".join(failure.faults[:5]), style="red", markup=False, soft_wrap=True)
            console.print(failure.shown, markup=False, highlight=False, soft_wrap=True)
        if len(failures) > most:
            console.print(f"{row.service}: {len(failures) - most} more failures", style="red")


def print_refusals(rows: list[Row]) -> None:
    """Print the valid requests that an error answered, for those who write recipes."""
    console = Console(stderr=True)
    for row in rows:
        for refusal in sorted(row.tally.refused):
            console.print(
                f"{row.service}: {refusal}", markup=False, highlight=False, soft_wrap=True
            )


def print_table(rows: list[Row], *, seconds: float) -> None:
    """Print what is implemented, what answered with success and what conforms, per service."""
    table = Table(title=f"Conformance in {seconds:.0f} s")
    table.add_column("service", no_wrap=True)
    for name in ("implemented", "successful", "conforming"):
        table.add_column(name, justify="right")
    for row in rows:
        table.add_row(*_cells(row))
    if len(rows) > 1:
        table.add_section()
        table.add_row(*_cells(_sum(rows)))
    Console().print(table)
    _print_untried(rows)


def _cells(row: Row) -> tuple[str, ...]:
    tally = row.tally
    color = "green" if tally.conforming == tally.tried else "red"
    return (
        row.service,
        f"{row.implemented} / {row.total}",
        str(len(tally.answered)),
        f"[{color}]{tally.conforming} / {tally.tried}[/{color}]",
    )


def _sum(rows: list[Row]) -> Row:
    total = Tally()
    for row in rows:
        tally = row.tally
        total.add(tally)
    total.answered = {f"{row.service}:{name}" for row in rows for name in row.tally.answered}
    return Row(
        service="all",
        implemented=sum(row.implemented for row in rows),
        total=sum(row.total for row in rows),
        tally=total,
    )


def _print_untried(rows: list[Row]) -> None:
    """Tell what was not tried, so that the table hides nothing."""
    notes: Mapping[str, int] = {
        "requests that botocore cannot write": sum(row.tally.unsendable for row in rows),
        "requests with members that Outcrop refuses as not implemented": sum(
            row.tally.unavailable for row in rows
        ),
        "operations that botocore does not send": sum(len(row.tally.unreachable) for row in rows),
    }
    told = "; ".join(f"{count} {what}" for what, count in notes.items() if count)
    if told:
        Console().print(f"Not tried: {told}.", highlight=False)
