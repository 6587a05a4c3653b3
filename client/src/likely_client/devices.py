"""Logging in without a key: a code is shown, and confirmed in a browser (RFC 8628)."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from likely_client._http import Http, decode
from likely_client.errors import ProblemError

_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
_SLOWER_S: Final = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCode:
    """What to show: where to go, and the code to confirm there."""

    device_code: str
    user_code: str
    verification_uri: str
    verification_uri_complete: str
    expires_in: int
    interval: float


async def log_in(
    http: Http, show: Callable[[DeviceCode], object], *, name: str, scopes: Sequence[str]
) -> str:
    """Return a new key, once somebody has confirmed the code that `show` is given.

    Raises InvalidRequestError, code access_denied or expired_token, where nobody does.
    """
    body = {"client_id": name, "scope": " ".join(scopes)}
    answer = await http.ask("POST", "/api/v1/device/code/", body=body)
    code = decode(answer.content, DeviceCode)
    show(code)
    interval_s = code.interval
    while True:
        await asyncio.sleep(interval_s)
        try:
            return await _poll(http, code)
        except ProblemError as error:
            if error.code == "slow_down":
                interval_s += _SLOWER_S
            elif error.code != "authorization_pending":
                raise


async def _poll(http: Http, code: DeviceCode) -> str:
    body = {"grant_type": _GRANT, "device_code": code.device_code}
    answer = await http.ask("POST", "/api/v1/device/token/", body=body)
    return str(decode(answer.content, dict[str, Any])["access_token"])
