"""What the client tells its maker about itself."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST


@csrf_exempt
@require_POST
def telemetry(_: HttpRequest, kind: str) -> HttpResponse:
    """Thank for it and keep nothing: the client would print that it could not be delivered."""
    del kind
    return HttpResponse(content_type="application/x-protobuf")
