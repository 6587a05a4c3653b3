"""The site's addresses."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView

from accounts.devices.views import confirm_device
from accounts.media import serve_avatar
from config.health import healthz

urlpatterns = [
    # Asked for unseen by browsers where a page (the admin's) names no icon.
    path("favicon.ico", RedirectView.as_view(url=static("img/logo.svg"))),
    path("healthz", healthz),
    path("admin/", admin.site.urls),
    path("device/", confirm_device, name="device"),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("api/", include("config.api_urls")),
    path("media/avatars/<avatar:name>-<int:size>.webp", serve_avatar, name="avatar"),
    path("members/", include("exchange.web.member_urls")),
    path("", include("exchange.web.notification_urls")),
    path("", include("exchange.web.urls")),
    path("dev/mail/", include("notifications.devmail_urls")),
]

handler500 = "core.failures.say_what_failed"
