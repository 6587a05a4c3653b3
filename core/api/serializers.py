"""What requests and answers have in common."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from rest_framework import serializers

from core.errors import Code


class StrictSerializer(serializers.Serializer[Any]):
    """A request whose every member must be known: a misspelt one must not be overlooked."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = sorted(set(data) - set(self.fields))
            if unknown:
                raise serializers.ValidationError(
                    {name[:80]: "This field is not known." for name in unknown},
                    code=Code.UNKNOWN_FIELD,
                )
        return super().to_internal_value(data)


def _plain(serializer_class: type[serializers.Serializer[Any]], data: Any) -> Any:
    """Return parameters or a form as what they say: the library would overlook what is empty."""
    if not isinstance(data, QueryDict):
        return data
    fields = serializer_class().fields
    return {
        name: data.getlist(name)
        if isinstance(fields.get(name), serializers.ListField)
        else data[name]
        for name in data
    }


def read(serializer_class: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """Return what a request says, checked. Raises ValidationError."""
    serializer = serializer_class(data=_plain(serializer_class, data))
    serializer.is_valid(raise_exception=True)
    validated: dict[str, Any] = serializer.validated_data
    return validated
