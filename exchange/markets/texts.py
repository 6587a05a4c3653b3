"""What a text of a few words may be made of. Pure."""

import unicodedata


def wrong_character(text: str, *, lines: bool = False) -> str | None:
    """Return what is wrong with a text's characters: control characters, or not UTF-8."""
    for char in text:
        kind = unicodedata.category(char)
        if kind == "Cs":
            return "is not valid UTF-8"
        if kind == "Cc" and not (lines and char in "\n\r\t"):
            return f"holds the control character U+{ord(char):04X}"
    return None
