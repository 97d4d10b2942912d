"""A link in a field, a button that copies it, and its QR code."""

from .component import register

_component = register("share")


def share(link: str, code: str | None) -> None:
    """Show them.

    Args:
        link: the address.
        code: its QR code as SVG; None for no code.
    """
    _component(data={"link": link, "code": code}, key="shared.link")
