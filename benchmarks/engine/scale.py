"""How much is measured: all of it, or a little while the benchmark itself is worked on."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Numbers of commands and orders."""

    commands: int = 200_000
    resting: tuple[int, ...] = (1_000, 10_000, 100_000, 1_000_000)
    outcomes: tuple[int, ...] = (1, 2, 10, 50, 200)
    resting_of_outcomes: int = 10_000
    timed: int = 100_000
    extra: int = 1_000_000
    traced: int = 100_000
    peer_commands: int = 10_000
    slices: int = 16


QUICK = Scale(
    commands=10_000,
    resting=(1_000, 10_000),
    outcomes=(1, 10),
    timed=10_000,
    extra=20_000,
    traced=10_000,
    peer_commands=2_000,
    slices=4,
)
