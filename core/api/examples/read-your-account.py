# Money, open orders, positions and the last fills; a key with the scope read is enough.
import json
import os
from urllib.request import Request, urlopen


def get(path: str) -> dict:
    request = Request(f"{os.environ['SITE']}/api/v1/{path}")
    request.add_header("Authorization", f"Token {os.environ['KEY']}")
    with urlopen(request) as answer:
        return json.load(answer)


print("available", get("account/")["available"])
for order in get("orders/?status=open")["results"]:
    print(order["side"], order["open_quantity"], order["contract_name"], order["price"])
for position in get("account/positions/")["results"]:
    print(position["quantity"], position["contract_name"], position["market_title"])
for fill in get("account/fills/?limit=20")["results"]:
    print(fill["executed_at"], fill["side"], fill["quantity"], fill["price"])
# What the limits are, and what is left of them.
for budget in get("account/limits/")["budgets"]:
    print(budget["budget"], budget["left"], "of", budget["limit"])
