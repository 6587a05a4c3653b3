from core.merging import sums_by_key


def test_sums_by_key_adds_up_what_shares_a_key():
    ours, theirs = [(1, (5, 0)), (3, (2, 0))], [(1, (0, 4)), (1, (0, 3)), (2, (0, 1))]
    assert list(sums_by_key(ours, theirs)) == [(1, (5, 7)), (2, (0, 1)), (3, (2, 0))]


def test_sums_by_key_of_nothing_is_nothing():
    assert list(sums_by_key([], [])) == []
