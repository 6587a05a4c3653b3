"""Where a member is logged in."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from accounts.models import User


def end_session(*, user: User, session_id: int) -> bool:
    """Log a member out of one session; False where the member has no such session."""
    session = UserSession.objects.filter(pk=session_id, user=user).first()
    if session is None:
        return False
    session.end()
    return True


def get_security(user: User) -> dict[str, object]:
    """Return what the overview of a member's security says. Three queries."""
    return {
        "address": EmailAddress.objects.get_primary(user),
        "has_totp": Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists(),
        "session_count": UserSession.objects.filter(user=user).count(),
    }
