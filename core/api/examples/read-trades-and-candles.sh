# What was traded in a market, newest first, and the same by the hour; no key is needed.
curl -sf "$SITE/api/v1/markets/$SLUG/trades/?limit=20"
curl -sf "$SITE/api/v1/markets/$SLUG/candles/?interval=1h&limit=24"
# For a feed reader.
curl -sf -H 'Accept: application/atom+xml' "$SITE/api/v1/markets/$SLUG/trades/"
