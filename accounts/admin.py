"""Users in the admin."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import User


class UserAddForm(AdminUserCreationForm):  # type: ignore[type-arg]
    """A new user by address and handle."""

    class Meta:
        model = User
        fields = ("email", "handle", "is_bot")


class UserEditForm(UserChangeForm):  # type: ignore[type-arg]
    """All of a user but the password, which has a page of its own."""

    class Meta:
        model = User
        fields = "__all__"


@admin.register(User)
class UserAdmin(DjangoUserAdmin):  # type: ignore[type-arg]
    """Find, add and close users. A closed user is not deleted: orders and transfers stay."""

    form = UserEditForm
    add_form = UserAddForm
    ordering = ("-date_joined",)
    list_display = ("handle", "email", "name", "is_bot", "is_staff", "is_active", "date_joined")
    list_filter = ("is_bot", "is_active", "is_staff", "is_superuser", "groups")
    search_fields = ("handle", "email", "name")
    readonly_fields = ("date_joined", "last_login")
    actions = ("close_users", "reopen_users")
    fieldsets = (
        (None, {"fields": ("email", "handle", "name", "password")}),
        ("What they are", {"fields": ("is_bot", "is_active", "is_staff", "is_superuser")}),
        ("Permissions", {"classes": ("collapse",), "fields": ("groups", "user_permissions")}),
        ("Times", {"fields": ("date_joined", "last_login")}),
    )
    add_fieldsets = (
        (None, {"fields": ("email", "handle", "is_bot", "usable_password")}),
        ("Password", {"fields": ("password1", "password2")}),
    )

    @admin.action(description="Close: may not log in any more")
    def close_users(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Close the chosen users, never oneself."""
        assert request.user.pk is not None, "the admin is for who is logged in"
        chosen = list(users.exclude(pk=request.user.pk))
        for user in chosen:
            user.is_active = False
            user.save(update_fields=["is_active"])  # one by one: what is open to them is told
        self.message_user(request, f"{len(chosen)} closed.")

    @admin.action(description="Open again: may log in")
    def reopen_users(self, request: HttpRequest, users: QuerySet[User]) -> None:
        """Let the chosen users log in again."""
        closed = list(users.filter(is_active=False))
        for user in closed:
            user.is_active = True
            user.save(update_fields=["is_active"])  # one by one: search finds them again
        self.message_user(request, f"{len(closed)} opened again.")
