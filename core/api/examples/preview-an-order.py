# What an order would cost, and what it could win and lose; it changes nothing.
import json
import os
from urllib.request import Request, urlopen

API = f"{os.environ['SITE']}/api/v1/"

with urlopen(f"{API}markets/{os.environ['SLUG']}/book/") as answer:
    contract = json.load(answer)["contracts"][0]["contract"]
order = {"contract": contract, "side": "buy", "price": "0.0200", "quantity": 10}
request = Request(f"{API}orders/preview/", data=json.dumps(order).encode())
request.add_header("Authorization", f"Token {os.environ['KEY']}")
request.add_header("Content-Type", "application/json")
with urlopen(request) as answer:
    preview = json.load(answer)
print("holds", preview["cost"], "of", preview["available"])
print("at worst:", preview["worst_outcome_after"])
