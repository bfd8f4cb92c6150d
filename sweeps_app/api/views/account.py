"""Who am I."""

from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.account import MeSerializer
from sweeps_app.api.views.base import ApiView
from sweeps_app.selectors.access import memberships_of


class MeView(ApiView):
    """The person who asks."""

    @operation("me", "Tell who you are", tag="account", answers={200: MeSerializer}, finds=False)
    def get(self, request: Request) -> Response:
        """Return your user name, your entities with your role in each, and your default entity.

        What you make without naming an entity belongs to the default one. It is null for somebody who belongs to
        no entity.
        """
        memberships = memberships_of(self.caller)
        default = memberships[0].entity.name if memberships else None
        me = {"user": self.caller.username, "default_entity": default, "entities": memberships}
        return Response(MeSerializer(me).data)
