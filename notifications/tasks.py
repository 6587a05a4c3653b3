"""Celery tasks: thin, repeatable, and safe to run any number of at once."""

from celery import shared_task

from notifications import retention, sending, services


@shared_task(name="notifications.tasks.follow_journal")
def follow_journal() -> None:
    """Turn what the journal has grown by into mails, then have them sent."""
    if services.follow_journal():
        send_due_mail.delay()


@shared_task(name="notifications.tasks.send_due_mail")
def send_due_mail() -> None:
    """Send the mails that are due."""
    sending.send_due_mail()


@shared_task(name="notifications.tasks.clear_old")
def clear_old() -> None:
    """Delete what members were told long ago."""
    retention.clear_old()
