"""Which worker owns which shard: who is alive, how shards are spread, and who moves what."""
