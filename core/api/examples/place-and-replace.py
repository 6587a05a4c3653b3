# A post-only order, which cannot match at once; then another price, and its place in the queue.
import json
import os
from urllib.request import Request, urlopen

API = f"{os.environ['SITE']}/api/v1/"


def ask(method: str, path: str, body: dict | None = None) -> dict:
    request = Request(API + path, method=method, data=json.dumps(body).encode() if body else None)
    request.add_header("Authorization", f"Token {os.environ['KEY']}")
    request.add_header("Content-Type", "application/json")
    with urlopen(request) as answer:
        return json.load(answer)


contract = ask("GET", f"markets/{os.environ['SLUG']}/book/")["contracts"][0]["contract"]
order = ask(
    "POST",
    "orders/",
    {"contract": contract, "side": "buy", "price": "0.0200", "quantity": 10, "post_only": True},
)
order = ask("PATCH", f"orders/{order['id']}/", {"price": "0.0300"})
print(ask("GET", f"orders/{order['id']}/queue/"))
print(ask("DELETE", f"orders/{order['id']}/")["status"])
