"""Ask the labelled queries of a filled database: python -m benchmarks.search.ask ROUNDS.

Prints one JSON object: milliseconds of each request, and the queries whose answer was wrong.
"""

import json
import sys
import time
import unicodedata

import django
from django.conf import settings

django.setup()
# Production's: a request must not wait for its turn at the limits.
settings.REST_FRAMEWORK["DEFAULT_THROTTLE_CLASSES"] = []

from django.db import connection  # noqa: E402 -- needs Django set up
from django.test import Client  # noqa: E402 -- needs Django set up

from benchmarks.search.labels import SHORT, Label, is_right, read_labels  # noqa: E402 -- as above
from exchange.markets.models import Market  # noqa: E402 -- needs Django set up
from search.documents import popularity_of  # noqa: E402 -- needs Django set up
from search.models import Document, Kind  # noqa: E402 -- needs Django set up

ADDRESS = "/api/v1/search/suggest/"
Ranked = list[tuple[str, list[str]]]


def main() -> None:
    """Ask each query as a browser does; then judge the answers against a plain scan."""
    labels = read_labels()
    client = Client(headers={"host": "localhost"})
    ask(client, labels[0].query)
    times, cpu, wrong = [], [], []
    answers: dict[str, list[str]] = {}
    for _ in range(int(sys.argv[1])):
        for label in labels:
            started, used = time.perf_counter(), time.process_time()
            answers[label.query] = ask(client, label.query)
            times.append(1_000 * (time.perf_counter() - started))
            cpu.append(1_000 * (time.process_time() - used))
    ranked = rank_all()
    for label in labels:
        expected = scan(ranked, label) if label.rule == SHORT else []
        if not is_right(label, answers[label.query], expected):
            wrong.append([label.rule, label.query, answers[label.query][:5], expected[:5]])
    print(
        json.dumps(
            {"times": times, "cpu": cpu, "wrong": wrong, "documents": Document.objects.count()}
        )
    )


def ask(client: Client, query: str) -> list[str]:
    """Return the titles of the markets that are suggested, best first."""
    answer = client.get(ADDRESS, {"q": query})
    assert answer.status_code == 200, answer.content
    connection.ensure_connection()
    results = answer.json()["results"]
    return [result["title"] for result in results if result["kind"] == Kind.MARKET]


def rank_all() -> Ranked:
    """Return all open markets in the order of the stated rank, with their words."""
    newest = dict(Document.objects.filter(kind=Kind.MARKET).values_list("key", "pk"))
    rows = Market.objects.filter(status="open").values_list("pk", "title", "volume")
    order = sorted(rows, key=lambda row: (-popularity_of(row[2]), -newest[str(row[0])]))
    return [(title, plain(title).split()) for _, title, _ in order]


def scan(ranked: Ranked, label: Label) -> list[str]:
    """Return the first five titles that have a word with the prefix, by looking at each."""
    wanted = plain(label.query).strip()
    fitting = (title for title, words in ranked if any(word.startswith(wanted) for word in words))
    return [title for title, _ in zip(fitting, range(5), strict=False)]


def plain(text: str) -> str:
    """Return a text without case, accents and signs, characters of Chinese and Japanese apart."""
    letters = unicodedata.normalize("NFKD", text.replace("'", "")).casefold()
    kept = "".join(letter for letter in letters if not unicodedata.combining(letter))
    spaced = "".join(f" {one}" if "\u3040" <= one <= "\u9fff" else one for one in kept)
    return "".join(one if one.isalnum() else " " for one in spaced)


if __name__ == "__main__":
    main()
