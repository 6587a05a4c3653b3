"""What a handle may be."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

# Names that could be taken for the site itself, or for a page.
RESERVED_HANDLES = frozenset(
    {"admin", "api", "exchange", "house", "issuance", "likely", "me", "root", "support", "system"}
)

_shape = RegexValidator(
    r"\A[A-Za-z0-9][A-Za-z0-9_-]{2,29}\Z",
    "Use 3 to 30 letters, digits, _ or -, starting with a letter or digit.",
    code="invalid_handle",
)


def validate_handle(value: str) -> None:
    """Refuse a handle that is misshapen or could be taken for the site's own name."""
    _shape(value)
    if value.lower() in RESERVED_HANDLES:
        message = "This handle is reserved."
        raise ValidationError(message, code="reserved_handle")


username_validators = [validate_handle]
