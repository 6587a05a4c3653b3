# The best five levels of a market's books; no key is needed.
curl -sf "$SITE/api/v1/markets/$SLUG/book/?depth=5"
