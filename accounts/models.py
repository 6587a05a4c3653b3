"""Who uses the site."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.validators import validate_handle


class UserManager(BaseUserManager["User"]):
    """Makes users; addresses are kept in lower case."""

    def create_user(
        self, email: str, handle: str, password: str | None = None, **fields: object
    ) -> "User":
        """Create a user who logs in with an e-mail address and is known by a handle.

        Raises ValueError without an address or handle, IntegrityError where one is taken in any
        case. What forms check (the shape of both, the strength of a password) is not checked.
        """
        if not email or not handle:
            raise ValueError("a user needs an e-mail address and a handle")
        user = self.model(email=email.lower(), handle=handle, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(
        self, email: str, handle: str, password: str | None = None, **fields: object
    ) -> "User":
        """Create a user who may do everything in the admin."""
        return self.create_user(email, handle, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Find a user by address, whatever its case."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A member, admin or bot: logs in by e-mail, is known to others by a handle."""

    email = models.EmailField("e-mail address", unique=True)
    handle = models.CharField(
        max_length=30,
        unique=True,
        validators=[validate_handle],
        error_messages={"unique": "This handle is taken."},
        help_text="3 to 30 letters, digits, _ or -. Everybody sees it.",
    )
    name = models.CharField(max_length=80, blank=True)
    is_bot = models.BooleanField(default=False, help_text="Labelled as a bot; gets no mail.")
    is_staff = models.BooleanField("admin access", default=False)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["handle"]

    class Meta:
        constraints = (
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_any_case",
                violation_error_message="A user with this address exists.",
            ),
            models.UniqueConstraint(
                Lower("handle"),
                name="user_handle_any_case",
                violation_error_message="This handle is taken.",
            ),
        )

    def __str__(self) -> str:
        return self.handle

    def clean(self) -> None:
        """Keep the address in lower case, as create_user does."""
        super().clean()
        self.email = self.email.lower()

    def get_full_name(self) -> str:
        """Return the name, else the handle."""
        return self.name or self.handle

    def get_short_name(self) -> str:
        """Return the handle."""
        return self.handle
