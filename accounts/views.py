"""The three of allauth's views that need more than other words."""

from typing import Any

from allauth.account import views as allauth_views
from allauth.account.internal.flows.email_verification import send_verification_email_at_login
from allauth.account.stages import EmailVerificationStage, LoginStageController
from django.contrib import messages
from django.db import IntegrityError
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST


class SignupView(allauth_views.SignupView):  # type: ignore[misc]
    """Sign-up that answers a lost race for a handle or address as it answers a taken one."""

    def form_valid(self, form: BaseForm) -> HttpResponse:
        try:
            response: HttpResponse = super().form_valid(form)
        except IntegrityError:
            # Taken between the check and the INSERT: now the check itself says so.
            form.full_clean()
            response = super().form_valid(form) if form.is_valid() else self.form_invalid(form)
        return response


class ConfirmEmailView(allauth_views.ConfirmEmailView):  # type: ignore[misc]
    """A page with one button (docs/decisions/0004); a link used twice is no error page."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response: HttpResponse = super().post(*args, **kwargs)
        except Http404:
            if self.request.user.is_authenticated:  # the button was pressed twice
                return redirect("/")
            self.object = None
            response = self.render_to_response(self.get_context_data())
        return response


@require_POST
def resend_confirmation(request: HttpRequest) -> HttpResponse:
    """Send the confirmation mail again to who has just signed up or tried to log in.

    Says the same for an address that has an account already as for a new one.
    """
    stage = LoginStageController.enter(request, EmailVerificationStage.key)
    if stage is None:
        messages.info(request, "Log in, and we send you a new link.")
        return redirect("account_login")
    if not send_verification_email_at_login(request, stage.login):
        messages.warning(
            request, "A link was sent a moment ago. Wait three minutes before asking for another."
        )
    return redirect("account_email_verification_sent")
