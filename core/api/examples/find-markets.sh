# Open markets, the most traded of the last day first; no key is needed.
curl -sf "$SITE/api/v1/markets/?status=open&sort=volume&limit=5"
# What fits some words best: markets, events, outcomes, categories and members.
curl -sf "$SITE/api/v1/search/?q=will&limit=5"
