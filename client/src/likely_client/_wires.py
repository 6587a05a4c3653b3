"""The formats that the live feed can be spoken in; what is said is the same."""

from typing import Any, Literal, Protocol

import msgspec

from likely_client._followers import Frame
from likely_client.errors import InvalidRequestError

Wire = Literal["json", "protobuf"]


class Format(Protocol):
    """How requests are written and frames are read."""

    @property
    def subprotocol(self) -> str:
        """Return what the socket is opened with."""

    def encode(self, message: Frame) -> str | bytes:
        """Return a request as it is sent. Raises InvalidRequestError for what cannot be said."""

    def decode(self, data: str | bytes) -> dict[str, Any]:
        """Return a frame as JSON has it."""


class Json:
    """Text frames."""

    subprotocol = "likely.v1.json"

    def encode(self, message: Frame) -> str:
        """Return a request as text."""
        return msgspec.json.encode(message).decode()

    def decode(self, data: str | bytes) -> dict[str, Any]:
        """Return a frame."""
        return msgspec.json.decode(data, type=dict[str, Any])


class Protobuf:
    """Binary frames: fewer bytes. Raises ImportError where the package protobuf is missing."""

    subprotocol = "likely.v1.proto"

    def __init__(self) -> None:
        try:
            from likely_client._proto import mapping  # noqa: PLC0415 -- who speaks JSON lacks it
        except ImportError as error:
            raise ImportError(
                "wire='protobuf' needs: pip install likely-client[protobuf]"
            ) from error
        self._mapping = mapping

    def encode(self, message: Frame) -> bytes:
        """Return a request as bytes."""
        try:
            return self._mapping.encode_request(message)
        except ValueError as error:
            problem = {"code": "invalid", "detail": str(error)}
            raise InvalidRequestError(problem, status=400) from error

    def decode(self, data: str | bytes) -> dict[str, Any]:
        """Return a frame as JSON has it."""
        assert isinstance(data, bytes), "the subprotocol has binary frames alone"
        return self._mapping.decode_frame(data)


def format_of(wire: Wire) -> Format:
    """Return a format by its name."""
    if wire not in {"json", "protobuf"}:
        raise ValueError(f"wire is 'json' or 'protobuf', not {wire!r}")
    return Protobuf() if wire == "protobuf" else Json()
