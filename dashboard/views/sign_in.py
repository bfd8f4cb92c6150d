"""Sign in and out: by name and password, or by a link that works once."""

from django.contrib.auth import login
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from dashboard.forms import SignInForm
from sweeps_app.services.sign_in import sign_in_user_for

sign_in = LoginView.as_view(
    template_name="pages/sign_in.html", authentication_form=SignInForm, redirect_authenticated_user=True
)
sign_out = LogoutView.as_view()


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def welcome(request: HttpRequest, uid: str, token: str) -> HttpResponse:
    """Sign in whom the link names.

    Following the link only shows a form, which a script sends at once: programs that open links to preview them must
    not use one up.
    """
    user = sign_in_user_for(uid, token)
    if user is None:
        if request.user.is_authenticated:
            return redirect("home")
        return render(request, "pages/link_ended.html", status=410)
    if request.method != "POST":
        return render(request, "pages/welcome.html", {"person": user})
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    return redirect("home")
