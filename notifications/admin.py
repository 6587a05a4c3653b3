"""Mails in the admin: what was written to whom, and another try for those given up."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from core.admin import RecordAdmin
from notifications.models import JournalCursor, Mail
from notifications.sending import retry_mails


@admin.register(Mail)
class MailAdmin(RecordAdmin):
    """Every mail to a member."""

    list_display = (
        "id",
        "subject",
        "recipient",
        "kind",
        "status",
        "attempts",
        "due_at",
        "sent_at",
        "last_error",
    )
    list_filter = ("status", "kind")
    search_ids = ("pk",)
    search_texts = ("key", "recipient", "user__handle")
    actions = ("retry",)

    def has_retry_permission(self, request: HttpRequest) -> bool:
        """Whether somebody may have mails tried again: who may change mails."""
        return request.user.has_perm("notifications.change_mail")

    @admin.action(description="Try again (mails that were given up)", permissions=["retry"])
    def retry(self, request: HttpRequest, mails: QuerySet[Mail]) -> None:
        """Try mails again that were given up."""
        self.message_user(request, f"{retry_mails(mails)} mails are tried again.")


@admin.register(JournalCursor)
class JournalCursorAdmin(RecordAdmin):
    """How far the journal has been turned into mails."""

    list_display = ("subscriber", "shard", "number")
