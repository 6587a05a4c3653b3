"""Commands in the words of the scenario language."""

import re
from collections.abc import Callable
from typing import Any

from exchange.engine import Side, commands
from exchange.engine.commands import Command, Terms

ACCOUNTS = {"alice": 1, "bob": 2, "charlie": 3, "dave": 4, "erin": 5}

WHEN_ASKED = re.compile(
    r"(?P<what>.+?)(?: valid until (?P<valid_until>\d+))?(?: at time (?P<time>\d+))?"
)


def commands_of(text: str, contracts: list[int]) -> list[Command]:
    """Return what the text asks for: one command, or one for each account that it funds.

    `contracts` are those of the markets opened so far; what the text opens is added to them. An
    order that names none is for the first.
    """
    found = WHEN_ASKED.fullmatch(text)
    assert found, text
    when = {name: _number(found[name]) for name in ("time", "valid_until")}
    for pattern, make in _phrases.items():
        words = re.fullmatch(pattern, found["what"])
        if words:
            made = make(contracts, when, **words.groupdict())
            return made if isinstance(made, list) else [made]
    raise AssertionError(f"not a command of the scenario language: {text}")


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split()))


# Orders

_price = (
    r"(?P<price>@ -?\d+|at market(?: (?:up|down) to -?\d+)?"
    r"|when -?\d+ (?:@|up to|down to) -?\d+)"
)
_contract = r"(?: of (?P<contract>\d+))?"
_guard = r"(?: if (?P<guard>\d+) open)?"

# What may follow an order's number, each with the terms it sets. "until" makes an order GTD
# unless another time in force is named.
_term_words: dict[str, Callable[[re.Match], dict[str, Any]]] = {
    r"GTC|IOC|FOK|GTD": lambda found: {"tif": found[0]},
    r"until (\d+)": lambda found: {"expires_at": int(found[1])},
    r"post-only": lambda _: {"post_only": True},
    r"reduce-only": lambda _: {"reduce_only": True},
    r"min (-?\d+)": lambda found: {"min_quantity": int(found[1])},
    r"max cost (-?\d+)": lambda found: {"max_cost_ticks": int(found[1])},
    r"cancel on halt": lambda _: {"on_halt": "cancel"},
    r"cancel (newest|oldest|both)": lambda found: {"stp": f"cancel_{found[1]}"},
    r"decrement|allow": lambda found: {"stp": found[0]},
    r"group (\d+)": lambda found: {"group": int(found[1])},
}


def _read_terms(text: str) -> dict[str, Any]:
    terms: dict[str, Any] = {}
    rest = text.strip()
    while rest:
        for pattern, read in _term_words.items():
            found = re.match(rf"(?:{pattern})(?: |$)", rest)
            if found:
                terms |= read(re.match(pattern, rest))
                rest = rest[found.end() :]
                break
        else:
            raise AssertionError(f"not the terms of an order: {rest}")
    if "expires_at" in terms:
        terms.setdefault("tif", "GTD")
    return terms


def _read_price(text: str, verb: str) -> tuple[int | None, dict[str, Any]]:
    """Return an order's price, and its kind with what belongs to it."""
    assert ("down" if verb == "buys" else "up") not in text, f"{verb} ... {text}"
    numbers = [int(number) for number in re.findall(r"-?\d+", text)]
    match text.split(maxsplit=1)[0]:
        case "@":
            return numbers[0], {}
        case "at":
            return numbers[0] if numbers else None, {"kind": "market"}
        case _:
            stop_ticks, price_ticks = numbers
            kind = "stop_limit" if "@" in text else "stop"
            return price_ticks, {"kind": kind, "stop_ticks": stop_ticks}


def _place(contracts, when, *, who, verb, quantity, price, contract, order, terms) -> Command:
    price_ticks, kind = _read_price(price, verb)
    return commands.PlaceOrder(
        int(order),
        ACCOUNTS[who],
        int(contract or contracts[0]),
        Side.BUY if verb == "buys" else Side.SELL,
        price_ticks,
        int(quantity),
        Terms(**kind, **_read_terms(terms)),
        **when,
    )


def _cancel(_, when, who, order) -> Command:
    return commands.CancelOrder(int(order), ACCOUNTS[who], **when)


def _reduce(_, when, who, order, by, guard) -> Command:
    return commands.ReduceOrder(int(order), ACCOUNTS[who], int(by), _number(guard), **when)


def _replace(_, when, *, who, order, new_order, quantity, price, guard) -> Command:
    numbers = (int(order), ACCOUNTS[who], int(new_order), int(price), int(quantity))
    return commands.ReplaceOrder(*numbers, _number(guard), **when)


def _cancel_all(_, when, *, who, market, contract, side, group) -> Command:
    return commands.CancelAll(
        ACCOUNTS[who],
        _number(market),
        _number(contract),
        Side(side[:-1]) if side else None,
        _number(group),
        **when,
    )


# Accounts


def _fund(_, when, who, amount) -> list[Command]:
    return [commands.Fund(ACCOUNTS[name], int(amount), **when) for name in who.split()]


_limit_words: dict[str, str] = {
    r"(-?\d+) orders?": "max_open_orders",
    r"exposure (-?\d+)": "max_exposure_ticks",
    r"loss (-?\d+)": "loss_limit_ticks",
}


def _limits(_, when, who, words) -> Command:
    limits: dict[str, Any] = {}
    for word in words.split(", "):
        if word == "suspended":
            limits["suspended"] = True
        elif word != "none":
            found = {name: re.fullmatch(pattern, word) for pattern, name in _limit_words.items()}
            limits |= {name: int(match[1]) for name, match in found.items() if match}
            assert any(found.values()), f"not a limit: {word}"
    return commands.SetLimits(ACCOUNTS[who], **limits, **when)


def _group(_, when, *, group, who, limit, window) -> Command:
    return commands.SetGroup(ACCOUNTS[who], int(group), int(limit), int(window), **when)


# Markets


def _open(opened, when, *, market, contracts, other, step, bands, payout, collar) -> Command:
    numbers = _numbers(contracts)
    opened += numbers
    pairs = re.findall(r"(-?\d+) from (-?\d+)", bands)
    return commands.OpenMarket(
        int(market),
        numbers,
        other=bool(other),
        payout_ticks=_number(payout),
        price_step_ticks=int(step or 1),
        price_bands=tuple((int(start), int(size)) for size, start in pairs),
        collar_ticks=_number(collar),
        **when,
    )


def _on_market(made: type) -> Callable[..., Command]:
    return lambda _, when, market: made(int(market), **when)


def _resume(_, when, market, auction, until) -> Command:
    return commands.ResumeMarket(int(market), bool(auction), _number(until), **when)


def _settle(_, when, market, winner) -> Command:
    return commands.SettleMarket(int(market), None if winner == "none" else int(winner), **when)


def _cross(_, when, *, contract, buyer, quantity, price, seller) -> Command:
    numbers = (int(contract), ACCOUNTS[buyer], ACCOUNTS[seller], int(price), int(quantity))
    return commands.CrossTrade(*numbers, **when)


def _void_trade(_, when, trade) -> Command:
    return commands.VoidTrade(int(trade), **when)


def _tick(_, when, now) -> Command:
    return commands.Tick(time=int(now), valid_until=when["valid_until"])


_who = rf"(?P<who>{'|'.join(ACCOUNTS)})"
_phrases: dict[str, Callable[..., Command | list[Command]]] = {
    rf"{_who} (?P<verb>buys|sells) (?P<quantity>-?\d+) {_price}{_contract} #(?P<order>\d+)"
    r"(?P<terms>(?: .*)?)": _place,
    rf"{_who} cancels #(?P<order>\d+)": _cancel,
    rf"{_who} reduces #(?P<order>\d+) by (?P<by>-?\d+){_guard}": _reduce,
    rf"{_who} replaces #(?P<order>\d+) by #(?P<new_order>\d+): (?P<quantity>-?\d+) @ "
    rf"(?P<price>-?\d+){_guard}": _replace,
    rf"{_who} cancels all(?: in (?P<market>\d+))?{_contract}(?: (?P<side>buys|sells))?"
    r"(?: group (?P<group>\d+))?": _cancel_all,
    rf"fund (?P<who>(?:(?:{'|'.join(ACCOUNTS)}) )+)(?P<amount>-?\d+)": _fund,
    rf"limits {_who}: (?P<words>.+)": _limits,
    rf"group (?P<group>\d+) of {_who}: (?P<limit>-?\d+) in (?P<window>-?\d+) ms": _group,
    r"open (?P<market>\d+):(?P<contracts>(?: \d+)*)(?P<other> other)?"
    r"(?: step (?P<step>-?\d+))?(?P<bands>(?:, -?\d+ from -?\d+)*)"
    r"(?: paying (?P<payout>-?\d+))?(?: collar (?P<collar>-?\d+))?": _open,
    r"halt (?P<market>\d+)": _on_market(commands.HaltMarket),
    r"resume (?P<market>\d+)(?: with (?P<auction>auction))?(?: until (?P<until>\d+))?": _resume,
    r"close (?P<market>\d+)": _on_market(commands.CloseMarket),
    r"settle (?P<market>\d+): (?P<winner>\d+|none)": _settle,
    r"void (?P<market>\d+)": _on_market(commands.VoidMarket),
    r"void trade (?P<trade>\d+)": _void_trade,
    r"cross (?P<contract>\d+): (?P<buyer>\w+) buys (?P<quantity>-?\d+) @ (?P<price>-?\d+)"
    r" from (?P<seller>\w+)": _cross,
    r"time (?P<now>\d+)": _tick,
}
