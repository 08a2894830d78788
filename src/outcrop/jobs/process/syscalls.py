"""System calls that Python 3.11 lacks.

Sources: unshare(2), setns(2), mount(2), mount_setattr(2), prctl(2), capabilities(7).
"""

import ctypes
import errno
import fcntl
import os
import socket
import struct

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC = 0x20000, 0x4000000, 0x8000000
CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET = 0x10000000, 0x20000000, 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_REMOUNT, MS_BIND = 1, 2, 4, 32, 4096
MS_REC, MS_PRIVATE = 16384, 1 << 18

_AT_FDCWD, _AT_RECURSIVE = -100, 0x8000
_MOUNT_ATTR_RDONLY = 1
_SYS_MOUNT_SETATTR = 442
_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP, _PR_SET_CHILD_SUBREAPER = 1, 24, 36
_LAST_CAPABILITY = 63
_SIOCSIFFLAGS, _IFF_UP = 0x8914, 0x1

_libc = ctypes.CDLL(None, use_errno=True)


class _MountAttributes(ctypes.Structure):
    _fields_ = (
        ("attr_set", ctypes.c_uint64),
        ("attr_clr", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("userns_fd", ctypes.c_uint64),
    )


def unshare(flags: int) -> None:
    """Leave the namespaces of the parent."""
    _check(_libc.unshare(flags), "unshare")


def enter(namespace: int) -> None:
    """Enter a namespace that an open file of /proc/PID/ns stands for. Source: setns(2)."""
    _check(_libc.setns(namespace, 0), "setns")


def mount(source: str, target: str, *, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Mount a file system, or a directory elsewhere."""
    result = _libc.mount(
        source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode()
    )
    _check(result, f"mount {source} at {target}")


def make_read_only(target: str) -> None:
    """Let nothing be written below a mount and all mounts within it (Linux 5.12)."""
    _set_attributes(target, _MountAttributes(attr_set=_MOUNT_ATTR_RDONLY))


def make_writable(target: str) -> None:
    """Take back what `make_read_only` did, for one mount and all within it."""
    _set_attributes(target, _MountAttributes(attr_clr=_MOUNT_ATTR_RDONLY))


def _set_attributes(target: str, attributes: _MountAttributes) -> None:
    result = _libc.syscall(
        ctypes.c_long(_SYS_MOUNT_SETATTR),
        _AT_FDCWD,
        target.encode(),
        _AT_RECURSIVE,
        ctypes.byref(attributes),
        ctypes.c_size_t(ctypes.sizeof(attributes)),
    )
    _check(result, f"mount_setattr {target}")


def set_host_name(name: str) -> None:
    """Name the machine, as far as this namespace sees it."""
    encoded = name.encode()
    _check(_libc.sethostname(encoded, len(encoded)), "sethostname")


def switch_loopback_on() -> None:
    """Let a new network namespace reach itself. Source: netdevice(7)."""
    with socket.socket() as any_socket:
        request = struct.pack("16sH14x", b"lo", _IFF_UP)
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, request)


def die_with_parent(signal_number: int) -> None:
    """Have a signal sent when the parent ends; it must still live when this returns."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, signal_number, 0, 0, 0), "prctl")


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent ends."""
    _check(_libc.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl")


def drop_capabilities(*, kept: frozenset[int]) -> None:
    """Give up the powers of root but some, for good and for all children."""
    for capability in range(_LAST_CAPABILITY + 1):
        if capability in kept:
            continue
        if _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) and (
            ctypes.get_errno() != errno.EINVAL  # The kernel knows fewer.
        ):
            _check(-1, "prctl")


def _check(result: int, what: str) -> None:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
