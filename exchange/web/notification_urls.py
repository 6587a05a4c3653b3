"""Addresses of the pages about notifications."""

from django.urls import path

from exchange.web.views import notifications

app_name = "notifications"
urlpatterns = [
    path("notifications/", notifications.show_notifications, name="list"),
    path("notifications/read/", notifications.read_notifications, name="read"),
    path("notifications/stop/<str:token>/", notifications.stop_mail, name="unsubscribe"),
    path("accounts/settings/notifications/", notifications.edit_settings, name="settings"),
]
