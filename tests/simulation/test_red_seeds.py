"""Seeds that once broke an invariant, kept: each found a fault that is mended since.

A seed means another run when clients or faults are drawn anew; it is kept for what it tells.
"""

import pytest

from tests.simulation.test_simulation import simulate

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

# seed, commands, what it found
RED = (
    # Also: a command was sent again while its first COMMIT was on its way, and came in twice.
    (0, 500, "a worker whose connection broke outside of a transaction never mended it"),
    (2, 500, "check_exchange named positions of markets with several contracts that were right"),
)


@pytest.mark.parametrize(("seed", "commands", "found"), RED)
def test_seed_that_was_red_is_green(seed, commands, found):
    code, text = simulate("--seeds", str(seed), str(seed + 1), "--commands", str(commands))
    assert code == 0, f"once: {found}; now: {text}"
