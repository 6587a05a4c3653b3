"""Who uses the site."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from accounts.devices.models import DeviceGrant  # noqa: F401 -- Django looks for models here
from accounts.keys.models import ApiKey  # noqa: F401 -- Django looks for models here
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


class Audience(models.TextChoices):
    """Who sees a kind of thing of a member's, besides the member."""

    PUBLIC = "public", "everybody"
    FOLLOWERS = "followers", "those who follow me"
    NOBODY = "nobody", "only me"


class OddsFormat(models.TextChoices):
    """How a chance is written: 45%, 2.22, 11/9, +122 are all the same."""

    PERCENT = "percent", "Percent: 45%"
    DECIMAL = "decimal", "Decimal: 2.22"
    FRACTIONAL = "fractional", "Fractional: 11/9"
    AMERICAN = "american", "American: +122"


class Theme(models.TextChoices):
    """The colours of the pages."""

    AUTO = "auto", "As the device"
    LIGHT = "light"
    DARK = "dark"


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
    bio = models.CharField(max_length=300, blank=True)
    avatar = models.CharField(
        max_length=32, blank=True, editable=False, help_text="The name of its files (avatars.py)."
    )
    odds_format = models.CharField(max_length=10, choices=OddsFormat, default=OddsFormat.PERCENT)
    theme = models.CharField(max_length=5, choices=Theme, default=Theme.AUTO)
    time_zone = models.CharField(
        max_length=64, blank=True, help_text="An IANA name; empty: the browser's."
    )
    trades_audience = models.CharField(
        "who sees your trades", max_length=9, choices=Audience, default=Audience.PUBLIC
    )
    positions_audience = models.CharField(
        "who sees your positions", max_length=9, choices=Audience, default=Audience.PUBLIC
    )
    profit_audience = models.CharField(
        "who sees your profit and loss", max_length=9, choices=Audience, default=Audience.PUBLIC
    )
    follows_audience = models.CharField(
        "who sees whom you follow", max_length=9, choices=Audience, default=Audience.PUBLIC
    )
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

    def get_absolute_url(self) -> str:
        """Return the address of the member's page."""
        return reverse("accounts:member", args=[self.handle])

    def get_avatar_url(self, size_px: int) -> str:
        """Return the address of the avatar in a size of avatars.SIZES_PX; "" without one."""
        return reverse("avatar", args=[self.avatar, size_px]) if self.avatar else ""

    def get_full_name(self) -> str:
        """Return the name, else the handle; nobody's where the account is closed."""
        return (self.name or self.handle) if self.is_active else "A closed account"

    def get_short_name(self) -> str:
        """Return the handle."""
        return self.handle


class FormerHandle(models.Model):
    """A handle that a member had: it leads to the member, and nobody else may take it."""

    handle = models.CharField(max_length=30)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="former_handles")
    left_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (models.UniqueConstraint(Lower("handle"), name="former_handle_any_case"),)

    def __str__(self) -> str:
        return self.handle


class Follow(models.Model):
    """A member follows another: sees more of them where they allow it (visibility.py)."""

    follower = models.ForeignKey(User, on_delete=models.CASCADE, related_name="follows")
    followed = models.ForeignKey(User, on_delete=models.CASCADE, related_name="followed_by")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["follower", "followed"], name="follow_once"),
            models.CheckConstraint(
                condition=~models.Q(follower=models.F("followed")), name="follow_another"
            ),
        )

    def __str__(self) -> str:
        return f"{self.follower_id} follows {self.followed_id}"


class ClosedAddress(models.Model):
    """An address that a member has given up; accounts/closed_addresses.py has the digest."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    closed_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name_plural = "closed addresses"

    def __str__(self) -> str:
        return f"{self.digest[:8]}, closed {self.closed_at:%Y-%m-%d}"
