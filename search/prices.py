"""What found markets and contracts trade at."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q

from exchange.marketdata.figures.models import ContractFigures
from exchange.markets.models import Contract
from search.models import Document, Kind


@dataclass(frozen=True, slots=True)
class Quoted:
    """A contract, its last price and how far that went in 24 hours.

    Of a market with several contracts, the likeliest one.
    """

    name: str
    price_ticks: int
    move_24h_ticks: int
    is_of_several: bool


def list_quoted(documents: Iterable[Document]) -> Mapping[int, Quoted]:
    """Return what documents trade at, by their id; those that never traded are left out.

    Two queries, one where nothing of them has traded, none where nothing trades.
    """
    chosen = _choose_contracts(list(documents))
    traded = [contract.pk for contract, _ in chosen.values()]
    moves = _moves(traded) if traded else {}
    return {
        document: Quoted(
            name=contract.name,
            price_ticks=contract.last_price_ticks or 0,
            move_24h_ticks=moves.get(contract.pk, 0),
            is_of_several=is_of_several,
        )
        for document, (contract, is_of_several) in chosen.items()
    }


def _choose_contracts(documents: Sequence[Document]) -> dict[int, tuple[Contract, bool]]:
    """Return whose price is shown of each document, of those that traded."""
    of_market = {int(one.key): one.pk for one in documents if one.kind == Kind.MARKET}
    of_contract = {int(one.key): one.pk for one in documents if one.kind == Kind.CONTRACT}
    if not (of_market or of_contract):
        return {}
    wanted = Q(market__in=of_market) | Q(pk__in=of_contract)
    contracts = list(Contract.objects.filter(wanted).order_by("position"))
    chosen = {of_contract[one.pk]: (one, False) for one in contracts if one.pk in of_contract}
    for market, document in of_market.items():
        mine = [one for one in contracts if one.market_id == market]
        if mine:
            chosen[document] = (max(mine, key=_price), len(mine) > 1)
    return {key: one for key, one in chosen.items() if one[0].last_price_ticks is not None}


def _price(contract: Contract) -> int:
    return contract.last_price_ticks or 0


def _moves(contracts: Iterable[int]) -> dict[int, int]:
    figures = ContractFigures.objects.filter(contract__in=list(contracts))
    return dict(figures.values_list("contract_id", "move_24h_ticks"))
