"""Addresses under /accounts/ that come before allauth's own of the same name."""

from django.urls import path, re_path

from accounts import views

urlpatterns = [
    path("signup/", views.SignupView.as_view(), name="account_signup"),
    path("confirm-email/resend/", views.resend_confirmation, name="account_resend_confirmation"),
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$",
        views.ConfirmEmailView.as_view(),
        name="account_confirm_email",
    ),
]
