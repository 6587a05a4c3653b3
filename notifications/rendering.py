"""A mail as the message that is sent: text, HTML and headers that never vary by attempt."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from core.formatting import format_credits, format_gain, format_price
from notifications import wording
from notifications.kinds import ORDER_KINDS, OVER_KINDS, Kind, concern_of
from notifications.models import Mail, Notification
from notifications.threads import DIGEST_THREAD
from notifications.unsubscribing import unsubscribe_url
from notifications.wording import Words, one_line, shorten, words_of

_FILLS: Final = frozenset({Kind.PARTIALLY_FILLED, Kind.FILLED})


def render(mail: Mail, rows: Sequence[Notification]) -> EmailMultiAlternatives:
    """Return the message of a mail with what it tells, in order; `rows` is not empty.

    The same rows give the same message at every attempt.
    """
    parts = [_part(row) for row in rows]
    unsubscribe = unsubscribe_url(mail.user_id, {concern_of(row.kind) for row in rows})
    context = {
        "subject": _subject(mail, [part["words"] for part in parts]),
        "parts": parts,
        "is_digest": mail.thread == DIGEST_THREAD,
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "unsubscribe_url": unsubscribe,
    }
    message = EmailMultiAlternatives(
        subject=context["subject"],
        body=render_to_string("notifications/mail.txt", context),
        to=[mail.recipient],
        headers=_headers(mail, unsubscribe),
    )
    html = render_to_string("notifications/mail.html", context)
    message.attach_alternative(html, "text/html")
    return message


def message_id(mail: Mail) -> str:
    """Return the Message-ID: who gets a mail twice (a crash while sending) can tell by it."""
    return f"<mail-{mail.pk}-{int(mail.created_at.timestamp())}@{_host()}>"


def _headers(mail: Mail, unsubscribe: str) -> dict[str, str]:
    return {
        "Message-ID": message_id(mail),
        # One thread a market in the member's mailbox.
        "References": f"<{mail.thread.replace(':', '-')}@{_host()}>",
        "Date": mail.planned_at.strftime("%a, %d %b %Y %H:%M:%S +0000"),
        "Auto-Submitted": "auto-generated",
        # RFC 8058: mail programs show a button that needs neither a page nor a login.
        "List-Unsubscribe": f"<{unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _subject(mail: Mail, words: Sequence[Words]) -> str:
    if mail.thread == DIGEST_THREAD:
        things = "1 thing" if len(words) == 1 else f"{len(words)} things"
        return f"Your day on {settings.SITE_NAME}: {things}"
    if len(words) == 1:
        return words[0].subject
    abouts = {part.about for part in words}
    about = abouts.pop() if len(abouts) == 1 else ""
    # What came last is what became of it: a reader of subjects alone knows how things stand.
    title = f"{shorten(words[-1].title)}, and {len(words) - 1} more"
    return one_line(f"{title} - {shorten(about) or settings.SITE_NAME}")


def _part(row: Notification) -> dict[str, Any]:
    actor = row.actor.handle if row.actor else ""
    part = {
        "kind": row.kind,
        "words": words_of(row.kind, row.data, actor),
        "url": f"{settings.SITE_URL}{row.url}",
        "event": row.data.get("event", ""),
    }
    if row.kind in ORDER_KINDS:
        return part | {"shape": "order"} | _order_context(row.kind, row.data)
    if row.kind in OVER_KINDS:
        return part | {"shape": "over"} | _over_context(row.data)
    return part | {"shape": "notice"}


def _over_context(data: dict[str, Any]) -> dict[str, Any]:
    amount_ticks = data["amount_ticks"]
    return {
        "winner": data["winner"],
        "gain": format_gain(amount_ticks),
        "amount": format_credits(abs(amount_ticks)),
        "won": amount_ticks > 0,
        "lost": amount_ticks < 0,
    }


def _order_context(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    why, hint = _why(kind, data["reason"])
    fills = [_fill(price, quantity, data["step_ticks"]) for price, quantity in data["fills"]]
    total_ticks = sum(price * quantity for price, quantity in data["fills"])
    return {
        "has_fills": kind in _FILLS,
        "order": data["order"],
        "quantity": f"{data['quantity']:,}",
        "order_quantity": f"{data['order_quantity']:,}",
        "fills": fills,
        "filled": f"{sum(quantity for _, quantity in data['fills']):,}",
        "total": format_credits(total_ticks),
        "new_price": wording.replaced_price(data) if kind == Kind.REPLACED else "",
        "why": why,
        "hint": hint,
    }


def _fill(price_ticks: int, quantity: int, step_ticks: int) -> dict[str, str]:
    return {
        "quantity": f"{quantity:,}",
        "price": format_price(price_ticks, step_ticks),
        "amount": format_credits(price_ticks * quantity),
    }


def _why(kind: str, reason: str) -> tuple[str, str]:
    if kind == Kind.REJECTED:
        return wording.why_rejected(reason)
    return (wording.why_cancelled(reason) if kind == Kind.CANCELLED else "", "")
