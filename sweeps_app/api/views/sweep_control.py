"""The controls of a sweep; repeating one changes nothing."""

from collections.abc import Callable

from rest_framework.request import Request
from rest_framework.response import Response

from sweeps_app.api.operation import Method, operation
from sweeps_app.api.serializers.base import EmptySerializer
from sweeps_app.api.serializers.sweeps import SweepSerializer
from sweeps_app.api.views.answers import sweep_answer
from sweeps_app.api.views.base import ApiView, body_of
from sweeps_app.selectors.access import sweep_get
from sweeps_app.services.sweeps import sweep_control


def _control(operation_id: str, summary: str) -> Callable[[Method], Method]:
    return operation(
        operation_id,
        summary,
        tag="sweeps",
        body=EmptySerializer,
        answers={200: SweepSerializer},
        writes=True,
        conflicts=True,
        example={},
    )


class _ControlView(ApiView):
    def _carry_out(self, request: Request, sweep_id: str, action: str) -> Response:
        sweep = sweep_get(self.caller, sweep_id)
        body_of(request, EmptySerializer)
        return Response(sweep_answer(sweep_control(sweep=sweep, action=action)))


class SweepPauseView(_ControlView):
    """Pause."""

    @_control("sweep_pause", "Pause a sweep")
    def post(self, request: Request, sweep_id: str) -> Response:
        """Hand out no new runs for now; running ones go on, and agents wait."""
        return self._carry_out(request, sweep_id, "pause")


class SweepResumeView(_ControlView):
    """Resume."""

    @_control("sweep_resume", "Resume a sweep")
    def post(self, request: Request, sweep_id: str) -> Response:
        """Hand out runs again after a pause."""
        return self._carry_out(request, sweep_id, "resume")


class SweepStopView(_ControlView):
    """Stop."""

    @_control("sweep_stop", "Stop a sweep")
    def post(self, request: Request, sweep_id: str) -> Response:
        """Hand out no new runs ever again; running ones go on to their end, and idle agents exit."""
        return self._carry_out(request, sweep_id, "stop")


class SweepCancelView(_ControlView):
    """Cancel."""

    @_control("sweep_cancel", "Cancel a sweep")
    def post(self, request: Request, sweep_id: str) -> Response:
        """Hand out no new runs, and ask the running ones to stop."""
        return self._carry_out(request, sweep_id, "cancel")
