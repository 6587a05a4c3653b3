"""What waits for an operator: the admin's pages say it, its front page shows it."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, Protocol, runtime_checkable

from django.contrib.admin import AdminSite, ModelAdmin
from django.http import HttpRequest
from django.urls import reverse


class Work(NamedTuple):
    """So many rows wait; `query` narrows the list to them. An alarm means that something broke."""

    rows: int
    text: str
    query: str = ""
    is_alarm: bool = False


@runtime_checkable
class SaysWhatWaits(Protocol):
    """A page of the admin that knows of work."""

    def waiting_work(self) -> Iterable[Work]:
        """Return what could wait, whether anything does or not."""


class WaitingWork(NamedTuple):
    """Work, and where it is done."""

    work: Work
    path: str


def list_waiting_work(site: AdminSite, request: HttpRequest) -> list[WaitingWork]:
    """Return what waits on the pages that somebody may see, alarms first."""
    found = [one for page in site._registry.values() for one in _work_of(page, request)]  # noqa: SLF001 -- Django has no other way to all pages
    return sorted(found, key=lambda one: not one.work.is_alarm)


def _work_of(page: "ModelAdmin[Any]", request: HttpRequest) -> Iterator[WaitingWork]:
    if not isinstance(page, SaysWhatWaits) or not page.has_view_permission(request):
        return
    path = reverse(f"admin:{page.opts.app_label}_{page.opts.model_name}_changelist")
    for work in page.waiting_work():
        if work.rows:
            yield WaitingWork(work, f"{path}{'?' if work.query else ''}{work.query}")
