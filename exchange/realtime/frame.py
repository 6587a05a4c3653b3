"""One message to clients, encoded at most once in each format and only where a socket wants it."""

from collections.abc import Mapping
from typing import Any, cast

import msgspec

from exchange.realtime.proto import wire


class Frame:
    """A message as JSON has it; whatever else a format needs, it makes of this.

    The members are let go once they are text: a frame that is kept for those who resume costs no
    more than its bytes.
    """

    __slots__ = ("_binary", "_members", "_text")

    def __init__(self, members: Mapping[str, Any] | None = None) -> None:
        self._members = members
        self._text: str | None = None
        self._binary: bytes | None = None

    @property
    def members(self) -> Mapping[str, Any]:
        """The message as JSON has it."""
        if self._members is not None:
            return self._members
        assert self._text is not None, "members are let go for their text"
        return cast(Mapping[str, Any], msgspec.json.decode(self._text))

    @property
    def text(self) -> str:
        """The message as compact JSON."""
        if self._text is None:
            self._text = msgspec.json.encode(self.members).decode()
            self._members = None
        return self._text

    @property
    def binary(self) -> bytes:
        """The message as Protobuf."""
        if self._binary is None:
            self._binary = self._to_binary()
        return self._binary

    def _to_binary(self) -> bytes:
        return wire.encode(self.members)
