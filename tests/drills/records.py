"""What the clients sent and heard: the drill's own book, against which the exchange is checked."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

REJECTED = 409


@dataclass(slots=True)
class Placed:
    """An order as a member sent it, under one key, and every answer that came to it.

    An answer is a status and the order's id; 202 has said that it is received, 201 and 409 what
    became of it.
    """

    member: int
    account: int
    key: str
    body: dict[str, Any]
    market: str
    sent_at: float
    tries: int = 0
    answers: list[tuple[int, str]] = field(default_factory=list)
    answered_at: float = 0.0
    open_quantity: int = 0

    def note(self, status: int, body: dict[str, Any]) -> None:
        """Note what a try was answered with."""
        self.tries += 1
        if status in {201, 202, REJECTED}:
            self.answers.append((status, body.get("id") or body["order"]))
            self.answered_at = self.answered_at or time.monotonic()
            self.open_quantity = body.get("open_quantity", 0)

    @property
    def is_decided(self) -> bool:
        return any(status != 202 for status, _ in self.answers)

    @property
    def order_id(self) -> str:
        return self.answers[-1][1] if self.answers else ""


@dataclass(slots=True)
class Changed:
    """A cancel (`quantity` 0) or a reduction of an order that was acknowledged with 200."""

    order_id: str
    quantity: int


class Records:
    """Everything that all clients of a drill have seen. Thread-safe."""

    def __init__(self) -> None:
        self.placed: list[Placed] = []
        self.changed: list[Changed] = []
        self.surprises: list[str] = []
        self.duplicates = 0
        self._lock = threading.Lock()

    def note_placed(self, placed: Placed) -> None:
        with self._lock:
            self.placed.append(placed)

    def note_changed(self, changed: Changed) -> None:
        with self._lock:
            self.changed.append(changed)

    def note_surprise(self, surprise: str) -> None:
        """Note what no client should ever see."""
        with self._lock:
            self.surprises.append(surprise)

    def note_duplicate(self) -> None:
        with self._lock:
            self.duplicates += 1

    def acknowledged(self) -> int:
        return sum(placed.is_decided for placed in self.placed)

    def retries(self) -> int:
        return sum(placed.tries - 1 for placed in self.placed if placed.tries > 1)

    def is_served_since(self, moment: float, markets: set[str]) -> bool:
        """Whether each market has answered an order that was sent after a moment."""
        return {p.market for p in self.placed if p.sent_at > moment and p.is_decided} >= markets

    def recovery_s(self, moment: float, markets: set[str]) -> float:
        """How long after a moment each market had answered an order that was sent after it."""
        first = dict.fromkeys(markets, time.monotonic())
        for placed in self.placed:
            if placed.sent_at > moment and placed.is_decided:
                first[placed.market] = min(first[placed.market], placed.answered_at)
        return max(first.values()) - moment
