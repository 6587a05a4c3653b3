"""Which pages may open a socket.

Cookies go with a socket whatever page opened it, so the Origin is the only thing that tells our
pages from a stranger's (cross-site hijacking).
"""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

Headers = Iterable[tuple[bytes, bytes]]
_LOCAL_HOSTS: Final = {"localhost", "127.0.0.1", "::1"}
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
Origin = tuple[str, str, int]  # scheme, host, port


def is_origin_allowed(headers: Headers, *, has_session: bool) -> bool:
    """Whether a handshake may go on.

    A browser always sends an Origin: it must be SITE_URL's, or in local mode the very address
    the socket was opened at. Programs send none: they may, but not with somebody's session.
    """
    origins = [value for name, value in headers if name == b"origin"]
    if not origins:
        return not has_session
    origin = _parse(origins[0]) if len(origins) == 1 else None
    if origin is None:
        return False
    site = _parse(settings.SITE_URL.encode())
    return origin == site or (_is_local(site) and origin == _own_address(headers))


def _own_address(headers: Headers) -> Origin | None:
    hosts = [value for name, value in headers if name == b"host"]
    address = _parse(b"http://" + hosts[0]) if len(hosts) == 1 else None
    return address if _is_local(address) else None


def _is_local(origin: Origin | None) -> bool:
    return origin is not None and origin[1] in _LOCAL_HOSTS


def _parse(value: bytes) -> Origin | None:
    """Return the parts of "scheme://host[:port]"; None for anything else, "null" included."""
    try:
        text = value.decode("ascii")
        parts = urlsplit(text)
        port = parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return None
    host = parts.hostname
    if host is None or port is None or text.lower() not in _spellings(parts.scheme, host, port):
        return None
    return parts.scheme, host, port


def _spellings(scheme: str, host: str, port: int) -> set[str]:
    shown = f"[{host}]" if ":" in host else host
    with_port = f"{scheme}://{shown}:{port}"
    return {with_port, f"{scheme}://{shown}"} if port == _DEFAULT_PORTS[scheme] else {with_port}
