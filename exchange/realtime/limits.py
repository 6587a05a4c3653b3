"""What one socket may ask and how long it may lag; the close codes it may meet."""

from typing import Final

# Towards the client.
FLUSH_INTERVAL_S: Final = 0.1  # a market's frames on one subscription: at most ten a second
CONFLATE_MS_MAX: Final = 10_000  # what clients may choose instead; 0: each batch its frame
HEARTBEAT_S: Final = 5.0
LAGGING_S: Final = 1.0  # whoever is so far behind, the client or we, is told so
SLOW_S: Final = 10.0  # a socket that takes nothing for so long is closed
REPLIES_WAITING_MAX: Final = 256

# From the client.
SUBSCRIPTIONS_MAX: Final = 200
MESSAGE_BYTES_MAX: Final = 65_536
MESSAGES_PER_S: Final = 50.0
MESSAGES_BURST: Final = 100.0
REFUSALS_MAX: Final = 50  # messages over the rate that are answered before the socket is closed
DEAD_MAN_MS_MAX: Final = 3_600_000

# The hub.
WINDOW_BATCHES: Final = 256  # deltas kept per market, for those who resume
TRADES_KEPT: Final = 500
TRADES_SHOWN: Final = 50  # in a snapshot
ACCOUNT_FRAMES_KEPT: Final = 256
TOPIC_FRAMES_KEPT: Final = 64  # whoever lags further behind is told to read anew
ORDERS_SHOWN_MAX: Final = 2_000  # open orders in an account's snapshot
ACCOUNT_COALESCE_S: Final = 0.03
RESYNC_INTERVAL_S: Final = 1.0
AUDIT_S: Final = 2.0
AUDIT_GRACE_S: Final = 0.3
LINGER_S: Final = 30.0  # a feed nobody shows is kept so long, for those who come back
HOST_BEAT_S: Final = 1.0  # how often it is said that this process lives, for its order sessions
SESSION_CHECK_S: Final = 4.0  # whoever is logged in no more is closed within five seconds

# Close codes. 1xxx are RFC 6455's, 4xxx our own.
CLOSE_POLICY: Final = 1008
CLOSE_ERROR: Final = 1011
CLOSE_RESTART: Final = 1012
CLOSE_LOGGED_OUT: Final = 4001
CLOSE_SLOW: Final = 4008
CLOSE_SESSION_ENDED: Final = 4009
CLOSE_SUBPROTOCOL: Final = 4406
