# What was traded in a market, newest first, and the same by the hour; no key is needed.
import json
import os
from urllib.request import urlopen

MARKET = f"{os.environ['SITE']}/api/v1/markets/{os.environ['SLUG']}/"


def each(path: str) -> object:
    """Every row of a list: `next` is the cursor of the page that follows."""
    cursor = ""
    while cursor is not None:
        with urlopen(f"{MARKET}{path}&cursor={cursor}") as answer:
            page = json.load(answer)
        yield from page["results"]
        cursor = page["next"]


trades = list(each("trades/?limit=200"))
print(len(trades), "trades")
for candle in each("candles/?interval=1h&limit=200"):
    print(candle["start"], candle["open"], candle["high"], candle["low"], candle["close"])
