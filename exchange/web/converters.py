"""Path parts that Django's own converters do not know."""


class UnicodeSlugConverter:
    """A slug of any script, as our slugs are: "wahl-münchen-2027"."""

    regex = r"[-\w]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
