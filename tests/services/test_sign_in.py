"""Links that sign a person in: one use, one person, a short life."""

from datetime import timedelta

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from sweeps_app.models import User
from sweeps_app.services.sign_in import _tokens, sign_in_path, sign_in_user_for
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def _parts(user):
    return sign_in_path(user=user).split("/")[2:]


def test_a_link_names_its_person():
    user, other = make_user(), make_user()
    assert sign_in_user_for(*_parts(user)) == user
    assert sign_in_user_for(_parts(other)[0], _parts(user)[1]) is None


@pytest.mark.parametrize(
    "change",
    [
        {"last_login": timezone.now()},
        {"password": "another hash"},
        {"is_active": False},
    ],
    ids=["signed in", "new password", "not active"],
)
def test_a_link_ends_with(change):
    user = make_user()
    parts = _parts(user)
    User.objects.filter(pk=user.pk).update(**change)
    assert sign_in_user_for(*parts) is None


def test_two_sign_ins_within_one_second_end_a_link():
    user = make_user()
    user.last_login = timezone.now().replace(microsecond=1)
    user.save()
    parts = _parts(user)
    User.objects.filter(pk=user.pk).update(last_login=user.last_login + timedelta(microseconds=1))
    assert sign_in_user_for(*parts) is None


def test_a_link_grows_old(settings, monkeypatch):
    user = make_user()
    parts = _parts(user)
    later = _tokens._now() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT + 1)
    monkeypatch.setattr(type(_tokens), "_now", lambda _: later)
    assert sign_in_user_for(*parts) is None


def test_a_link_is_no_password_reset_and_the_reverse():
    user = make_user()
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    assert sign_in_user_for(uid, default_token_generator.make_token(user)) is None
    assert not default_token_generator.check_token(user, _parts(user)[1])


@pytest.mark.parametrize("uid", ["", "%", "w6k", "OTk5OTk5", "LTE", "MWUz"])
def test_an_unreadable_link_is_nobodys(uid):
    assert sign_in_user_for(uid, "x-y") is None
