from exchange.trading.proofs.buckets import Buckets, bucket_of


def test_what_is_taken_out_again_leaves_nothing():
    buckets = Buckets()
    for number in range(10_000):
        buckets.put(number, "buy", number % 7)
    for number in reversed(range(10_000)):
        buckets.put(number, "buy", number % 7, times=-1)
    assert buckets.unequal() == frozenset()


def test_record_that_differs_is_found_by_its_bucket():
    buckets = Buckets()
    buckets.put(12_345, "buy", None)
    buckets.put(12_345, "sell", None, times=-1)
    assert buckets.unequal() == {bucket_of(12_345)}


def test_record_that_came_twice_is_found_by_its_bucket():
    buckets = Buckets()
    buckets.put(7)
    buckets.put(7)
    buckets.put(7, times=-1)
    assert buckets.unequal() == {7}
