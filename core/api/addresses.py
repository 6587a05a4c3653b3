"""Where a request comes from, as far as the site's own proxies can be believed."""

from django.conf import settings


def client_address(peer: str, forwarded_for: str) -> str:
    """Return the client's address: the peer's, or what our own proxies say in X-Forwarded-For.

    Each proxy adds whom it talked to at the end; with TRUSTED_PROXY_COUNT of them the client is
    that many from there. What stands further ahead anybody may have written.
    """
    proxies: int = settings.REST_FRAMEWORK["NUM_PROXIES"]
    named = [part.strip() for part in forwarded_for.split(",") if part.strip()]
    if not proxies or not named:
        return peer
    return named[-min(proxies, len(named))]
