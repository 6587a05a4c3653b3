"""A batch takes what waits, and what fits into its time."""

from exchange.trading.pace import BATCH_MS_MAX, Pace


def test_quick_full_batches_double_what_fits():
    pace = Pace(fits=250)
    pace.note(250, 10)
    pace.note(500, 20)
    assert pace.limit(2_000) == 1_000


def test_limit_is_never_beyond_the_setting():
    assert Pace(fits=4_000).limit(2_000) == 2_000


def test_batch_that_was_not_full_teaches_nothing():
    pace = Pace(fits=250)
    pace.note(1, 1)
    assert pace.fits == 250


def test_slow_batch_is_followed_by_one_that_fits():
    pace = Pace(fits=2_000)
    pace.note(2_000, 4 * BATCH_MS_MAX)
    assert pace.fits == 500


def test_one_command_always_fits():
    pace = Pace(fits=1)
    pace.note(1, 100 * BATCH_MS_MAX)
    assert pace.fits == 1
