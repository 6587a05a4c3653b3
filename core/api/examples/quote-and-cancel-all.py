# Both sides in one request, as one group; then all of the group is cancelled.
import json
import os
from urllib.request import Request, urlopen

API = f"{os.environ['SITE']}/api/v1/"


def ask(path: str, body: dict | None = None) -> dict:
    request = Request(API + path, data=json.dumps(body).encode() if body else None)
    request.add_header("Authorization", f"Token {os.environ['KEY']}")
    request.add_header("Content-Type", "application/json")
    with urlopen(request) as answer:
        return json.load(answer)


contract = ask(f"markets/{os.environ['SLUG']}/book/")["contracts"][0]["contract"]
quote = {"contract": contract, "quantity": 5, "group": "7"}
placed = ask(
    "orders/batch/",
    {
        "orders": [
            quote | {"side": "buy", "price": "0.0200"},
            quote | {"side": "sell", "price": "0.9800"},
        ]
    },
)
print([result["status"] for result in placed["results"]])
print(len(ask("orders/cancel-all/", {"group": "7"})["cancelled"]), "cancelled")
