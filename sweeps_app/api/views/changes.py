"""What is new in a project, for whoever follows it."""

from django.utils.http import parse_etags
from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.operation import operation
from sweeps_app.api.serializers.changes import ChangesQuery, ChangesSerializer
from sweeps_app.api.serializers.runs import RunSerializer
from sweeps_app.api.views.answers import sweeps_answer
from sweeps_app.api.views.base import ApiView, query_of
from sweeps_app.selectors.access import project_get
from sweeps_app.selectors.changes import project_changes


class ChangesView(ApiView):
    """What changed since a cursor."""

    @operation(
        "project_changes",
        "Read what is new",
        tag="projects",
        query=ChangesQuery,
        answers={200: ChangesSerializer, 304: None},
    )
    def get(self, request: Request, entity: str, project: str) -> Response:
        """Return the sweeps and runs that changed after `since`, as they are now, and the cursor to ask with next.

        A sweep comes with every change of one of its runs, too, since its counts and its best run are theirs. What was
        deleted comes as ids, for thirty days; a client that was away for longer is told to begin anew by `reset`.
        The answer carries an `ETag`; sent back in `If-None-Match` it gets a 304 without a body while nothing has
        changed, which costs the server two look-ups.
        """
        found = project_get(self.caller, entity, project)
        query = query_of(request, ChangesQuery)
        etag = f'"{found.cursor}"'
        if _has(request, etag):
            return Response(status=304, headers={"ETag": etag})
        changes = project_changes(found, query["since"], query["limit"])
        answer = {
            "cursor": changes.cursor,
            "more": changes.more,
            "reset": changes.reset,
            "deleted_sweeps": changes.deleted_sweeps,
            "deleted_runs": changes.deleted_runs,
            "sweeps": sweeps_answer(changes.sweeps).data,
            "runs": RunSerializer(changes.runs, many=True).data,
        }
        return Response(answer, headers={"ETag": etag})


def _has(request: Request, etag: str) -> bool:
    """Tell whether the client holds this answer; a proxy or the compression may have made its tag a weak one."""
    given = parse_etags(request.headers.get("If-None-Match", ""))
    return any(tag.removeprefix("W/") == etag for tag in given)
