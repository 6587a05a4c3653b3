"""Comments on pages: a thread of its own, and the forms that write, change and report.

A form whose text the API refuses is shown again with the text: nobody writes it twice.
"""

from collections.abc import Mapping

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from exchange.markets.selectors import get_market
from exchange.web.api_bridge import ApiAnswer, call_api
from exchange.web.discussion import get_discussion, get_thread
from exchange.web.returning import go_back
from exchange.web.wording import describe_problem
from social.comments.models import Comment
from social.comments.selectors import get_comment
from social.comments.services import BODY_MAX


@require_safe
def show_discussion(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the comments on a market alone."""
    market = get_market(slug)
    context = {"market": market, "discussion": get_discussion(request, market)}
    return render(request, "web/discussion.html", context)


@require_safe
def show_comment(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Show a comment in its thread."""
    comment = _find(comment_id)
    discussion = get_thread(request, comment)
    context = {"discussion": discussion, "market": comment.market, "chosen": comment}
    return render(request, "web/comment.html", context)


@require_POST
def post_comment(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a comment on a market, or a reply."""
    market = get_market(slug)
    if not request.user.is_authenticated:
        return redirect_to_login(f"{reverse('web:market', args=[slug])}#comments")
    body = {"body": request.POST.get("body", ""), "parent": request.POST.get("parent") or None}
    answer = call_api(request, "POST", reverse("api:comments", args=[market.slug]), body)
    if not answer.is_ok:
        return _ask_again(request, answer, request.path, body)
    messages.success(request, "Your comment is there.")
    return _go_to(answer)


@require_POST
def edit_comment(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Change what a comment says."""
    if not request.user.is_authenticated:
        return redirect_to_login(reverse("web:comment", args=[comment_id]))
    body = {"body": request.POST.get("body", "")}
    answer = call_api(request, "PATCH", reverse("api:comment", args=[comment_id]), body)
    if not answer.is_ok:
        return _ask_again(request, answer, request.path, body)
    messages.success(request, "Your comment is changed.")
    return _go_to(answer)


@require_POST
def delete_comment(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Delete a comment, then go back to the page the button was on."""
    return _do(request, "DELETE", reverse("api:comment", args=[comment_id]), {}, "It is deleted.")


@require_POST
def report_comment(request: HttpRequest, comment_id: int) -> HttpResponse:
    """Report a comment, then go back to the page the form was on."""
    body = {"reason": request.POST.get("reason", ""), "text": request.POST.get("text", "")}
    path = reverse("api:comment-report", args=[comment_id])
    return _do(request, "POST", path, body, "Thank you. A moderator will look at it.")


def _find(comment_id: int) -> Comment:
    comment = get_comment(comment_id)
    if comment is None:
        message = "There is no such comment."
        raise Http404(message)
    return comment


def _do(
    request: HttpRequest, method: str, path: str, body: Mapping[str, object], done: str
) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect_to_login(request.POST.get("next", "/"))
    answer = call_api(request, method, path, body)
    if answer.is_ok:
        messages.success(request, done)
    else:
        messages.error(request, describe_problem(answer.body))
    return go_back(request, default=reverse("web:home"))


def _go_to(answer: ApiAnswer) -> HttpResponse:
    """Redirect to the comment of an answer, in its thread."""
    comment = str(answer.body["id"])
    address = reverse("web:comment", args=[comment])
    return HttpResponseRedirect(f"{address}#comment-{comment}")


def _ask_again(
    request: HttpRequest, answer: ApiAnswer, action: str, body: Mapping[str, object]
) -> HttpResponse:
    context = {
        "problem": describe_problem(answer.body),
        "action": action,
        "body": body["body"],
        "parent": body.get("parent"),
        "body_max": BODY_MAX,
    }
    return render(request, "web/comment_again.html", context, status=answer.status)
