"""The icon at the address at which browsers look for one beside pages that name none, such as JSON."""

from django.http import HttpRequest, HttpResponseRedirect
from django.templatetags.static import static
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

_DAY = 86_400


@require_safe
@cache_control(max_age=_DAY, public=True)
def favicon(_: HttpRequest) -> HttpResponseRedirect:
    """Lead to the icon of the pages."""
    return HttpResponseRedirect(static("img/mark.svg"))
