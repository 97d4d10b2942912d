"""Where this computer is reached from others."""

import contextlib
import ipaddress
import socket

import psutil

ELSEWHERE = "192.0.2.1"  # an address for examples (RFC 5737): the system says how it would go there
PORTS = range(8501, 8601)  # Streamlit's usual one, and those after it


def addresses() -> list[str]:
    """The IPv4 addresses by which others reach this computer, the usual way first; none without a network."""
    found = [
        each.address
        for name, addresses in sorted(psutil.net_if_addrs().items())
        for each in addresses
        if each.family == socket.AF_INET and _leads_here(each.address) and _is_up(name)
    ]
    usual = _usual()
    return sorted(found, key=lambda address: address != usual)


def _leads_here(address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    return not (parsed.is_loopback or parsed.is_link_local or parsed.is_unspecified)


def _is_up(interface: str) -> bool:
    state = psutil.net_if_stats().get(interface)
    return state is None or state.isup


def _usual() -> str | None:
    """The address of the interface that leads to most others; nothing is sent."""
    with (
        contextlib.suppress(OSError),
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe,
    ):
        probe.connect((ELSEWHERE, 9))
        return str(probe.getsockname()[0])
    return None


def free_port(host: str) -> int | None:
    """The first of `PORTS` at which nobody listens; None where all are taken, or the host is not ours."""
    for port in PORTS:
        with contextlib.suppress(OSError), socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((host, port))
            return port
    return None
