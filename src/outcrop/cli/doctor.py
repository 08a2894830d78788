"""`outcrop doctor`: what on this machine stands in the way, and how to mend it."""

import importlib.util
import os
import platform
import shutil
import socket
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.text import Text

from outcrop.cli._server import address
from outcrop.local import health
from outcrop.settings import Settings

LEAST_MEMORY_GIB = 4
LEAST_DISK_GIB = 3
LIBRARIES = (
    ("chat", "xllamacpp", "chat on local models"),
    ("aws", "boto3", "models of Amazon Bedrock itself"),
    ("embeddings", "onnxruntime", "embeddings on local models"),
    ("documents", "pypdf", "documents in conversations"),
    ("postgres", "asyncpg", "records in PostgreSQL"),
    ("ray", "ray", "jobs on a Ray cluster"),
    ("s3", "boto3", "blobs in an S3 bucket"),
    ("vision", "cv2", "reading of pictures and documents"),
    ("language", "spacy", "analysis and translation of texts"),
    ("language", "sklearn", "training of custom classifiers and labels"),
    ("language", "pycrfsuite", "training of custom recognizers of entities"),
    ("speech", "ctranslate2", "speech, spoken or heard"),
)
"""Extra, a module that it brings, and what needs it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    is_fine: bool
    what: str
    cure: str = ""


@click.command()
@click.pass_obj
def doctor(settings: Settings) -> None:
    """Say what is amiss here, and how to mend it.

    Looks at the machine, the ports, the libraries and the weights; exits with 1 if one fails.
    """
    console = Console(highlight=False)
    findings = [
        *_machine(settings),
        *_ports(settings),
        *_libraries(settings),
        *_jobs(settings),
        *_weights(settings),
    ]
    for finding in findings:
        mark = ("✓", "green") if finding.is_fine else ("✗", "red")
        console.print(Text.assemble(mark, f" {finding.what}"), soft_wrap=True)
        if not finding.is_fine:
            console.print(f"  → {finding.cure}", soft_wrap=True, markup=False)
    sys.exit(0 if all(finding.is_fine for finding in findings) else 1)


def _machine(settings: Settings) -> Iterator[Finding]:
    version = platform.python_version()
    yield Finding(
        (3, 11) <= sys.version_info[:2] < (3, 14),
        f"Python {version}",
        "Outcrop needs Python 3.11 to 3.13.",
    )
    flags = _cpu_flags()
    if flags:
        yield Finding(
            "avx2" in flags,
            f"{os.cpu_count()} CPUs, {'with' if 'avx2' in flags else 'without'} AVX2",
            "llama.cpp's wheel needs AVX2: route chat to another server (docs/guides/chat.md).",
        )
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    yield Finding(
        memory_gib >= LEAST_MEMORY_GIB,
        f"{memory_gib:.1f} GiB of memory",
        f"The default model needs {LEAST_MEMORY_GIB} GiB: `outcrop models pull small` needs less.",
    )
    for what, folder in (("data", settings.data), ("weights", settings.weights.directory)):
        free_gib = shutil.disk_usage(_existing(folder)).free / 2**30
        yield Finding(
            free_gib >= LEAST_DISK_GIB,
            f"{free_gib:.1f} GiB free for {what} in {folder}",
            f"Free some space, or set another folder: at least {LEAST_DISK_GIB} GiB.",
        )


def _ports(settings: Settings) -> Iterator[Finding]:
    if health(address(settings)) is not None:
        yield Finding(True, f"Outcrop answers at {address(settings)}")
        return
    for port in filter(None, (settings.server.port, settings.server.tls_port)):
        yield Finding(
            _is_free(settings.server.host, port),
            f"Port {port} is free",
            f"Another program has port {port}: `outcrop up --port N` takes another.",
        )


def _libraries(settings: Settings) -> Iterator[Finding]:
    unused = {
        "aws": not settings.chat.bedrock,
        "postgres": not settings.storage.records_url,
        "ray": settings.jobs.runner != "ray",
        "s3": not settings.storage.blobs_url,
    }
    for extra, module, ability in LIBRARIES:
        if unused.get(extra):
            continue
        is_there = importlib.util.find_spec(module) is not None
        yield Finding(
            is_there,
            f"{module}: {ability}" if is_there else f"{module} is missing: no {ability}",
            f"pip install 'outcrop[{extra}]'",
        )


def _jobs(settings: Settings) -> Iterator[Finding]:
    from outcrop.jobs.process.probe import NoSandboxError, isolation_here

    sandbox = settings.jobs.sandbox
    if sandbox == "none":
        yield Finding(True, "Jobs run without sandboxes, as the settings say")
        return
    try:
        isolation = isolation_here()
    except NoSandboxError as error:
        is_open = settings.authentication.mode == "open"
        runs = sandbox == "preferred" or (sandbox == "auto" and is_open)
        yield Finding(
            False,
            f"No sandboxes for jobs: {error}",
            "Allow user namespaces to this user"
            " (`sysctl user.max_user_namespaces kernel.apparmor_restrict_unprivileged_userns`; in a"
            " container: --security-opt seccomp=unconfined). Until then jobs"
            + (
                " of one instance run with this user's rights and find /opt/ml at another path."
                if runs
                else ' fail; [jobs] sandbox = "preferred" runs them with this user\'s rights.'
            ),
        )
        return
    missing = "" if isolation == "whole" else ", but see the processes of this machine"
    yield Finding(True, f"Jobs run in sandboxes of their own{missing}")


def _weights(settings: Settings) -> Iterator[Finding]:
    from outcrop.weights import WeightStore

    store = WeightStore(settings.weights)
    # Others, as translation, have an engine without weights of their own, or none by default.
    for ability in sorted({store.entry(name).ability for name in store.names("default")}):
        present = [
            entry.name
            for entry in store.entries()
            if entry.ability == ability and store.is_present(entry.name)
        ]
        yield Finding(
            bool(present),
            f"Weights for {ability}: {', '.join(present) or 'none'}",
            "outcrop models pull default",
        )


def _cpu_flags() -> frozenset[str]:
    """Return what the processor can do; nothing where the kernel does not say."""
    information = Path("/proc/cpuinfo")
    if not information.exists():
        return frozenset()
    for line in information.read_text(encoding="utf-8").splitlines():
        if line.startswith("flags"):
            return frozenset(line.partition(":")[2].split())
    return frozenset()


def _existing(folder: Path) -> Path:
    """Return the nearest folder that exists."""
    return folder if folder.exists() else _existing(folder.parent)


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
