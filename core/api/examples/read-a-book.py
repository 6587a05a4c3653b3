# The best five levels of a market's books; no key is needed.
import json
import os
from urllib.request import urlopen

site, slug = os.environ["SITE"], os.environ["SLUG"]
with urlopen(f"{site}/api/v1/markets/{slug}/book/?depth=5") as answer:
    book = json.load(answer)
for contract in book["contracts"]:
    print(contract["contract"], "bids", contract["bids"], "asks", contract["asks"])
