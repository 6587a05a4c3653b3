"""What every page knows."""

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, object]:
    """Return the site's name and whether mail is shown at /dev/mail/."""
    return {"site_name": settings.SITE_NAME, "dev_mail": settings.DEV_MAIL}
