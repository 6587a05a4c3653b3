"""What can be wrong with a journal, in the database or shipped elsewhere."""


class BadJournalError(Exception):
    """Something of a journal is missing, was changed, or does not give what it says it gave."""


class BadBatchError(BadJournalError):
    """So it is with this batch."""

    def __init__(self, shard: int, number: int, what: str) -> None:
        super().__init__(f"shard {shard} batch {number}: {what}")
        self.shard = shard
        self.number = number


class SegmentError(BadJournalError):
    """A segment that this program did not write, that was changed since, or is in the way."""


class TornSegmentError(SegmentError):
    """A segment whose writing was cut off: its end is missing, what is there is whole."""
