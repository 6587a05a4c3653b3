"""Notifications and mails in the admin: who was told what; another try for mails given up."""

from collections.abc import Iterator

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import pluralize

from core.admin import RecordAdmin
from core.waiting import Work
from notifications.models import Mail, MailStatus, Notification
from notifications.sending import retry_mails


@admin.register(Mail)
class MailAdmin(RecordAdmin):
    """Every mail to a member."""

    list_display = (
        "id",
        "recipient",
        "thread",
        "status",
        "attempts",
        "due_at",
        "sent_at",
        "last_error",
    )
    list_filter = ("status",)
    search_ids = ("pk",)
    search_texts = ("recipient", "user__handle")
    actions = ("retry",)

    def waiting_work(self) -> Iterator[Work]:
        """Yield how many mails were given up."""
        count = Mail.objects.filter(status=MailStatus.DEAD).count()
        query = f"status__exact={MailStatus.DEAD}"
        yield Work(count, f"mail{pluralize(count)} given up, to be tried again", query)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Whether somebody may have mails tried again: who may change mails."""
        return request.user.has_perm("notifications.change_mail")

    @admin.action(description="Try again (mails that were given up)", permissions=["retry"])
    def retry(self, request: HttpRequest, mails: QuerySet[Mail]) -> None:
        """Try mails again that were given up."""
        self.message_user(request, f"{retry_mails(mails)} mails are tried again.")


@admin.register(Notification)
class NotificationAdmin(RecordAdmin):
    """Everything that members were told."""

    list_display = ("id", "user", "kind", "key", "in_bell", "read_at", "mail", "created_at")
    list_filter = ("in_bell",)
    list_select_related = ("user", "mail")
    search_ids = ("pk", "mail_id")
    search_texts = ("key", "user__handle")
