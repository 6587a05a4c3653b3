"""Addresses under /accounts/ that come before allauth's own of the same name."""

from django.urls import path, re_path
from django.views.generic import RedirectView

from accounts import settings_views, views
from accounts.keys import views as key_views

urlpatterns = [
    path(
        "settings/", RedirectView.as_view(pattern_name="account_profile"), name="account_settings"
    ),
    path("settings/profile/", settings_views.edit_profile, name="account_profile"),
    path("settings/avatar/", settings_views.change_avatar, name="account_avatar"),
    path("settings/display/", settings_views.edit_display, name="account_display"),
    path("settings/theme/", settings_views.change_theme, name="account_theme"),
    path("settings/keys/", key_views.show_keys, name="account_keys"),
    path("settings/keys/<int:key_id>/revoke/", key_views.revoke, name="account_key_revoke"),
    path("settings/data/", settings_views.show_data, name="account_data"),
    path("settings/export/", settings_views.export_data, name="account_export"),
    path("settings/security/", settings_views.show_security, name="account_security"),
    path("sessions/<int:session_id>/end/", settings_views.end_session, name="account_session_end"),
    path("settings/privacy/", settings_views.edit_privacy, name="account_privacy"),
    path("signup/", views.SignupView.as_view(), name="account_signup"),
    path("confirm-email/resend/", views.resend_confirmation, name="account_resend_confirmation"),
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$",
        views.ConfirmEmailView.as_view(),
        name="account_confirm_email",
    ),
]
