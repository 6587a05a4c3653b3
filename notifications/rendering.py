"""A mail row as the message that is sent: text, HTML and headers that never vary by attempt."""

from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from core.formatting import format_credits, format_gain, format_price
from notifications import wording
from notifications.models import Mail, MailKind

_MARKET_KINDS = (MailKind.SETTLED, MailKind.VOIDED)


def render(mail: Mail) -> EmailMultiAlternatives:
    """Return the message of a mail. The same row gives the same message at every attempt."""
    about_market = mail.kind in _MARKET_KINDS
    template = "market" if about_market else "order"
    context = _common_context(mail) | (_market_context if about_market else _order_context)(mail)
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=render_to_string(f"notifications/{template}.txt", context),
        to=[mail.recipient],
        headers=_headers(mail),
    )
    html = render_to_string(f"notifications/{template}.html", context)
    message.attach_alternative(html, "text/html")
    return message


def message_id(mail: Mail) -> str:
    """Return the Message-ID: who gets a mail twice (a crash while sending) can tell by it."""
    return f"<mail-{mail.pk}-{int(mail.created_at.timestamp())}@{_host()}>"


def _headers(mail: Mail) -> dict[str, str]:
    return {
        "Message-ID": message_id(mail),
        # One thread a market in the member's mailbox.
        "References": f"<market-{mail.data['market_id']}@{_host()}>",
        "Date": _rfc_date(mail),
        "Auto-Submitted": "auto-generated",
    }


def _rfc_date(mail: Mail) -> str:
    return mail.created_at.strftime("%a, %d %b %Y %H:%M:%S +0000")


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _common_context(mail: Mail) -> dict[str, Any]:
    return {
        "kind": mail.kind,
        "subject": mail.subject,
        "event": mail.data["event"],
        "market": mail.data["market"],
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "market_url": f"{settings.SITE_URL}/markets/{quote(mail.data['slug'])}/",
        "portfolio_url": f"{settings.SITE_URL}/portfolio/",
    }


def _market_context(mail: Mail) -> dict[str, Any]:
    amount_ticks = mail.data["amount_ticks"]
    return {
        "heading": "Voided" if mail.kind == MailKind.VOIDED else "Settled",
        "winner": mail.data["winner"],
        "gain": format_gain(amount_ticks),
        "amount": format_credits(abs(amount_ticks)),
        "won": amount_ticks > 0,
        "lost": amount_ticks < 0,
    }


def _order_context(mail: Mail) -> dict[str, Any]:
    data = mail.data
    why, hint = _why(mail)
    fills = [_fill(price, quantity, data["step_ticks"]) for price, quantity in data["fills"]]
    total_ticks = sum(price * quantity for price, quantity in data["fills"])
    return {
        "heading": wording.what_happened(mail.kind),
        "order_words": wording.order_words(data),
        "order": data["order"],
        "quantity": f"{data['quantity']:,}",
        "order_quantity": f"{data['order_quantity']:,}",
        "fills": fills,
        "filled": f"{sum(quantity for _, quantity in data['fills']):,}",
        "total": format_credits(total_ticks),
        "why": why,
        "hint": hint,
    }


def _fill(price_ticks: int, quantity: int, step_ticks: int) -> dict[str, str]:
    return {
        "quantity": f"{quantity:,}",
        "price": format_price(price_ticks, step_ticks),
        "amount": format_credits(price_ticks * quantity),
    }


def _why(mail: Mail) -> tuple[str, str]:
    reason = mail.data["reason"]
    if mail.kind == MailKind.REJECTED:
        return wording.why_rejected(reason)
    return (wording.why_cancelled(reason) if mail.kind == MailKind.CANCELLED else "", "")
