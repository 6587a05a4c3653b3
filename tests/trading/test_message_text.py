"""manage.py schema without --json: the same as text."""

from django.core.management import call_command

from exchange.trading.message_text import message_text
from exchange.trading.messages import message_schema


def test_command_prints_text_that_names_everything(capsys):
    printed = message_schema()
    call_command("schema")
    told = capsys.readouterr().out
    assert told == message_text(printed)
    lines = told.splitlines()
    for name in printed["$defs"]:
        assert (name in lines) == (name not in {"Command", "Event"})
    words = [word for part in printed["$defs"].values() for word in part.get("enum", ())]
    assert [word for word in words if f"    {word}" not in lines] == []


def test_text_of_a_message():
    schema = {
        "$defs": {
            "Command": {
                "oneOf": [{"$ref": f"#/$defs/{name}"} for name in ("Move", "Jump", "Rest")]
            },
            "Event": {"oneOf": []},
            "Move": {
                "description": "Move on.",
                "required": ["type", "by"],
                "properties": {
                    "type": {"const": "Move"},
                    "by": {"type": "integer", "description": "contracts"},
                    "back": {"type": "boolean", "default": False},
                    "side": {"anyOf": [{"$ref": "#/$defs/Side"}, {"type": "null"}]},
                    "levels": {
                        "type": "array",
                        "items": {"type": "array", "prefixItems": [{"type": "integer"}] * 2},
                    },
                },
            },
            "Jump": {
                "description": "Jump.",
                "required": ["type"],
                "properties": {"height": {"type": "integer"}, "how": {"enum": ["far", "up"]}},
                "allOf": [
                    {
                        "if": {"anyOf": [{"properties": {"how": {"enum": ["far"]}}}]},
                        "else": {"required": ["height"]},
                    }
                ],
            },
            "Rest": {"description": "Do nothing.", "required": ["type"], "properties": {}},
            "Side": {"description": "Which way.", "enum": ["buy", "sell"]},
        }
    }
    assert message_text(schema).splitlines() == [
        "COMMANDS: what the engine is asked",
        "",
        "Move",
        "  Move on.",
        "    by      integer                     required              contracts",
        "    back    boolean                     optional, else false",
        "    side    Side or null                optional",
        "    levels  list of [integer, integer]  optional",
        "",
        "Jump",
        "  Jump.",
        "    height  integer   required, but for how far",
        "    how     far | up  optional",
        "",
        "Rest",
        "  Do nothing.",
        "",
        "EVENTS: what the engine decided",
        "",
        "WORDS",
        "",
        "Side",
        "  Which way.",
        "    buy",
        "    sell",
    ]
