"""Who is asking."""

from typing import Any

from rest_framework import serializers


class MembershipSerializer(serializers.Serializer[Any]):
    """An entity that the person belongs to."""

    name = serializers.CharField(source="entity.name")
    role = serializers.ChoiceField(choices=["admin", "member"])


class MeSerializer(serializers.Serializer[Any]):
    """The person, and where what that person makes goes when no entity is named."""

    user = serializers.CharField()
    default_entity = serializers.CharField(allow_null=True)
    entities = MembershipSerializer(many=True)
