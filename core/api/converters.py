"""Path parts of the API."""


class ApiSlugConverter:
    """A slug of any script: "wahl-münchen-2027"."""

    regex = r"[-\w]+"

    def to_python(self, value: str) -> str:
        """Return it as it is."""
        return value

    def to_url(self, value: str) -> str:
        """Return it as it is; Django quotes it."""
        return value
