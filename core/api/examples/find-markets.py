# Open markets, the most traded of the last day first; no key is needed.
import json
import os
from urllib.request import urlopen

API = f"{os.environ['SITE']}/api/v1/"

with urlopen(f"{API}markets/?status=open&sort=volume&limit=5") as answer:
    markets = json.load(answer)["results"]
for market in markets:
    for contract in market["contracts"]:
        print(market["slug"], contract["name"], contract["bid"], contract["ask"])

# What fits some words best: markets, events, outcomes, categories and members.
with urlopen(f"{API}search/?q=will&limit=5") as answer:
    for found in json.load(answer)["results"]:
        print(found["kind"], found["title"], found["url"])
