"""What is kept of trading to be shown later."""

from exchange.marketdata.candles.models import (  # noqa: F401 -- Django looks for models here
    Candle,
    VoidedTrade,
)
from exchange.marketdata.figures.models import (  # noqa: F401 -- Django looks for models here
    ContractFigures,
    MarketFigures,
)
