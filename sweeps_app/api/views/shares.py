"""Share links of a sweep."""

from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.addresses import share_url
from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.shares import ShareCreateSerializer, ShareMadeSerializer, ShareSerializer
from sweeps_app.api.views.base import ApiView, made, values_of
from sweeps_app.selectors.access import sweep_get
from sweeps_app.selectors.share_links import share_link_get, share_links
from sweeps_app.services.sharing import share_create, share_revoke

_MAX_LISTED = 500


class SweepSharesView(ApiView):
    """The share links of a sweep."""

    @operation("sweep_shares", "List share links", tag="sweeps", answers={200: ShareSerializer(many=True)})
    def get(self, request: Request, sweep_id: str) -> Response:
        """Return the newest 500 links of the sweep, newest first, those that have ended included."""
        links = share_links(sweep_get(self.caller, sweep_id))[:_MAX_LISTED]
        return Response(ShareSerializer(links, many=True).data)

    @operation(
        "sweep_share_create",
        "Make a share link",
        tag="sweeps",
        body=ShareCreateSerializer,
        answers={201: ShareMadeSerializer, 200: ShareMadeSerializer},
        writes=True,
        conflicts=True,
        example={"name": "for the paper's reviewers", "days": 30},
    )
    def post(self, request: Request, sweep_id: str) -> Response:
        """Make a link (201) that shows the sweep to whoever has its `url`, which no other answer tells.

        With a `request_id` sent before, the same link is returned (200) with a new `url`, and the former one ends: safe
        to repeat. A server may limit `days`, or have sharing turned off (403).
        """
        values = values_of(request.data, ShareCreateSerializer)
        result = share_create(user=self.caller, sweep=sweep_get(self.caller, sweep_id), **values)
        shape = ShareMadeSerializer(result.link, context={"url": share_url(result.token)})
        response = made(shape.data, created=result.created)
        response["Cache-Control"] = "no-store"
        return response


class SweepShareView(ApiView):
    """One share link."""

    @operation("sweep_share_revoke", "Revoke a share link", tag="sweeps", answers={204: None}, writes=True)
    def delete(self, request: Request, sweep_id: str, share_id: str) -> Response:
        """Make the link useless from now on; it stays in the list. Safe to repeat."""
        share_revoke(link=share_link_get(sweep_get(self.caller, sweep_id), share_id))
        return Response(status=204)
