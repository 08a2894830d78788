"""The inside of a run: a root of its own, made of namespaces and mounts.

The host's files are there to be read, but no disk as a device; what may be written is `/tmp`,
`/dev/shm` and the mounts that the program was given. An ordinary user gets the same as root, by way
of a user namespace.

Sources: namespaces(7), mount_namespaces(7), user_namespaces(7), overlayfs in the kernel's docs.
"""

import contextlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias

from outcrop.jobs.process import syscalls
from outcrop.jobs.process.network import Network

Isolation: TypeAlias = Literal["whole", "files", "none"]
"""Files, names and processes; all but processes, where `/proc` may not be mounted; nothing, where
there are no namespaces (see `by_path`)."""

SANDBOXES: Sequence[Isolation] = ("whole", "files")

KEPT_CAPABILITIES = frozenset((0, 1, 3, 4, 5, 6, 7, 8, 10, 13, 18, 29, 31))
"""What Docker leaves to root, less the making of devices: CHOWN, DAC_OVERRIDE, FOWNER, FSETID,
KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE, NET_RAW, SYS_CHROOT, AUDIT_WRITE, SETFCAP."""


_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_ACCELERATORS = ("nvidia*", "dri", "kfd")
_DEVICE_LINKS = {
    "fd": "/proc/self/fd",
    "stdin": "/proc/self/fd/0",
    "stdout": "/proc/self/fd/1",
    "stderr": "/proc/self/fd/2",
}


@dataclass(frozen=True, slots=True)
class Layout:
    """What a program sees, as its keeper read it from the run's folder."""

    folder: Path
    """Of the run: what the program writes for itself alone lies there."""
    mounts: Sequence[Mapping[str, Any]]
    hidden: Sequence[str]
    hosts: Mapping[str, str]
    host_name: str
    has_network: bool
    network: Network | None
    """The one that its peers are in already."""
    memory_bytes: int | None
    """What `/dev/shm` may take at most."""
    gpus: Sequence[str] | None = None
    """The files of the GPUs that it sees; `None`: all there are."""


def leave_namespaces(layout: Layout, isolation: Isolation) -> None:
    """Leave the host's namespaces; children are born in the new ones."""
    flags = syscalls.CLONE_NEWNS | syscalls.CLONE_NEWUTS | syscalls.CLONE_NEWIPC
    if isolation == "whole":
        flags |= syscalls.CLONE_NEWPID
    if layout.network is not None:
        layout.network.enter()
    elif not layout.has_network:
        flags |= syscalls.CLONE_NEWNET
    user, group = os.getuid(), os.getgid()
    if user == 0 or layout.network is not None:  # Whose user namespace it is in by now.
        syscalls.unshare(flags)
        return
    syscalls.unshare(flags | syscalls.CLONE_NEWUSER)
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{user} {user} 1"),
        ("gid_map", f"{group} {group} 1"),
    ):
        Path(f"/proc/self/{name}").write_text(line, encoding="ascii")


def furnish(layout: Layout, isolation: Isolation) -> None:
    """Make the root that the program sees, in the new namespaces.

    Raises:
        OSError: The kernel does not allow it.
    """
    syscalls.mount("", "/", flags=syscalls.MS_REC | syscalls.MS_PRIVATE)
    with contextlib.ExitStack() as opened:
        # What is mounted below covers paths: sources are held open before.
        sources = [
            (item, _held(_source(item, layout.folder / "private" / str(number)), opened))
            for number, item in enumerate(layout.mounts)
        ]
        tmp = _held(_temporary(layout.folder), opened)
        hosts = _held(_hosts_file(layout), opened)
        devices = [(path, _held(path, opened)) for path in _devices(layout.gpus)]
        syscalls.make_read_only("/")
        if isolation == "whole":
            syscalls.mount("proc", "/proc", kind="proc")
        for path in layout.hidden:
            syscalls.mount("tmpfs", path, kind="tmpfs", flags=syscalls.MS_RDONLY)
        for path in ("/tmp", "/var/tmp"):  # noqa: S108 - these are to be private
            _bind(tmp, path)
        _furnish_devices(devices, layout.memory_bytes)
        _bind(hosts, "/etc/hosts", is_writable=False)
        for item, source in sources:
            _bind(source, item["target"], is_writable=item["access"] != "read")
    if not layout.has_network:
        syscalls.switch_loopback_on()
    if layout.host_name:
        syscalls.set_host_name(layout.host_name)


def _devices(gpus: Sequence[str] | None) -> list[Path]:
    """Return the devices that a program may use: none that holds the host's data."""
    names = (*_DEVICES, *_ACCELERATORS)
    found = [path for name in names for path in Path("/dev").glob(name) if path.exists()]
    if gpus is None:
        return found
    kept = {*map(Path, gpus)}
    return [path for path in found if path in kept or not _is_gpu(path, alone=bool(kept))]


def _is_gpu(path: Path, *, alone: bool) -> bool:
    """Tell whether a file is a GPU's, or of use to a GPU alone; some are of use to any."""
    return path.name.startswith("nvidia") and (not alone or path.name[len("nvidia") :].isdecimal())


def _furnish_devices(devices: Sequence[tuple[Path, str]], shared_bytes: int | None) -> None:
    syscalls.mount("tmpfs", "/dev", kind="tmpfs", options="mode=755")
    for path, held in devices:
        if Path(held).is_dir():
            path.mkdir()
        else:
            path.touch()
        syscalls.mount(held, str(path), flags=syscalls.MS_BIND | syscalls.MS_REC)
    for name, target in _DEVICE_LINKS.items():
        Path("/dev", name).symlink_to(target)
    Path("/dev/shm").mkdir()  # noqa: S108 - private
    options = "mode=1777" if shared_bytes is None else f"mode=1777,size={shared_bytes}"
    syscalls.mount("tmpfs", "/dev/shm", kind="tmpfs", options=options)  # noqa: S108


def _held(path: str | Path, opened: contextlib.ExitStack) -> str:
    """Return a path to a file or directory that stays good whatever is mounted over it."""
    number = os.open(path, os.O_PATH | os.O_CLOEXEC)
    opened.callback(os.close, number)
    return f"/proc/self/fd/{number}"


def _temporary(folder: Path) -> Path:
    path = folder / "tmp"
    path.mkdir(exist_ok=True)
    path.chmod(0o1777)
    return path


def _hosts_file(layout: Layout) -> Path:
    path = layout.folder / "hosts"
    lines = ["127.0.0.1 localhost", "::1 localhost ip6-localhost ip6-loopback"]
    lines += [f"{address} {name}" for name, address in layout.hosts.items()]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")
    return path


def _bind(source: str, target: str, *, is_writable: bool = True) -> None:
    _ensure(Path(target))
    syscalls.mount(source, target, flags=syscalls.MS_BIND | syscalls.MS_REC)
    if is_writable:
        syscalls.make_writable(target)
    else:
        syscalls.make_read_only(target)


def _source(item: Mapping[str, Any], folder: Path) -> Path:
    """Return what to mount: for a private mount, an overlay that takes the changes."""
    source = Path(item["source"])
    if item["access"] != "private":
        return source
    upper, work, together = (folder / name for name in ("upper", "work", "together"))
    for path in (upper, work, together):
        path.mkdir(parents=True, exist_ok=True)
    options = f"lowerdir={source},upperdir={upper},workdir={work}"
    if os.getuid():
        options += ",userxattr"
    syscalls.mount("overlay", str(together), kind="overlay", options=options)
    return together


def _ensure(target: Path) -> None:
    """Make a directory to mount on, without writing to the host's disk."""
    if target.exists():
        return
    parent = next(parent for parent in target.parents if parent.exists())
    if not _is_ours(parent):
        _shadow(parent)
    target.mkdir(parents=True)


def _is_ours(directory: Path) -> bool:
    return os.access(directory, os.W_OK) and not os.statvfs(directory).f_flag & os.ST_RDONLY


def _shadow(directory: Path) -> None:
    """Put a copy in memory over a directory, with all that is in it, so that more can be added."""
    entries = list(_entries(directory))
    with contextlib.ExitStack() as opened:
        held = [(entry.name, entry.is_dir(), _held(entry, opened)) for entry in entries]
        syscalls.mount("tmpfs", str(directory), kind="tmpfs", options="mode=755")
        for name, is_directory, source in held:
            inside = directory / name
            if is_directory:
                inside.mkdir()
            else:
                inside.touch()
            syscalls.mount(source, str(inside), flags=syscalls.MS_BIND | syscalls.MS_REC)


def _entries(directory: Path) -> Iterator[Path]:
    """Give what can be mounted elsewhere: links that lead nowhere cannot."""
    return (entry for entry in directory.iterdir() if entry.exists())
