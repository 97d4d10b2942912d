"""Where students find the class: its address as others reach it, and the code."""

import html
import ipaddress
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

import segno
import streamlit as st

from fmnist.machine import network
from fmnist.people import classroom


class Invitation(NamedTuple):
    """What a student needs."""

    address: str
    code: str

    @property
    def link(self) -> str:
        """The address with the code, for the QR code."""
        return f"{self.address}/?join={self.code}"


def invitation() -> Invitation:
    """How to join this class."""
    here = urlsplit(reachable(st.context.url or ""))
    path = str(st.get_option("server.baseUrlPath")).strip("/")
    address = urlunsplit((here.scheme, here.netloc, f"/{path}" if path else "", "", ""))
    return Invitation(address, classroom.settings().code)


def qr_code(link: str) -> None:
    """The link as a QR code, as wide as its place."""
    code = segno.make(link, error="l", micro=False).svg_data_uri(
        dark="black", light="white", omitsize=True
    )
    st.html(f'<img class="qr-code" alt="QR code of {html.escape(link)}" src="{code}">')


def reachable(url: str) -> str:
    """A page's address as other computers reach it, where it is open as this computer's own."""
    parts = urlsplit(url)
    if not is_only_here(parts.hostname or "") or not (found := network.addresses()):
        return url
    port = f":{parts.port}" if parts.port else ""
    return urlunsplit(parts._replace(netloc=f"{found[0]}{port}"))


def is_only_here(host: str) -> bool:
    """Whether only this computer reaches a host of that name."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
