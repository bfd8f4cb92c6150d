"""Share links: what they are, and everything that ends one."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from sweeps_app.errors import Conflict, Forbidden, InvalidInput, NotFound
from sweeps_app.models import Membership, Project, ShareLink, Sweep
from sweeps_app.selectors.share_links import Ending, share_link_get
from sweeps_app.services import sharing
from sweeps_app.services.deletion import project_delete, sweep_delete
from sweeps_app.services.purge import purge_step
from sweeps_app.services.sharing import share_create, share_open, share_revoke
from tests.factories import make_sweep, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_user("ada")


@pytest.fixture
def sweep(ada):
    return make_sweep(ada)


@pytest.fixture
def made(ada, sweep):
    return share_create(user=ada, sweep=sweep, name="reviewers", days=7)


def _ending(made, **later):
    return share_open(token=made.token, now=timezone.now() + timedelta(**later)).ending


def test_a_link_is_known_by_a_token_of_which_only_a_hash_is_kept(made):
    assert len(made.token) == 43
    assert made.token not in str(ShareLink.objects.values().get())
    opened = share_open(token=made.token, now=timezone.now())
    assert (opened.link, opened.ending) == (made.link, None)
    for token in ("", made.token[:-1], made.link.digest, "\x00", "\ud800"):
        with pytest.raises(NotFound):
            share_open(token=token, now=timezone.now())


def test_uses_are_counted_while_the_link_works(made):
    for _ in range(2):
        _ending(made)
    _ending(made, days=8)
    share_open(token=made.token, now=timezone.now(), counts=False)
    made.link.refresh_from_db()
    assert made.link.uses == 2
    assert made.link.last_used_at is not None


def test_a_link_expires_by_the_clock(made):
    assert _ending(made, days=6.99) is None
    assert _ending(made, days=7) == Ending.EXPIRED


def test_a_link_is_revoked_once_for_all(made):
    share_revoke(link=made.link)
    at = ShareLink.objects.get().revoked_at
    share_revoke(link=made.link)
    assert ShareLink.objects.get().revoked_at == at
    assert _ending(made) == Ending.REVOKED


def test_a_link_ends_with_the_sweep_and_is_removed_with_it(made, sweep):
    sweep_delete(sweep=sweep)
    assert _ending(made) == Ending.DELETED
    while purge_step():
        pass
    assert not ShareLink.objects.exists()


def test_a_link_ends_with_the_project(made, sweep):
    project_delete(project=sweep.project)
    assert _ending(made) == Ending.DELETED
    while purge_step():
        pass
    assert not Project.everything.exists()


def test_a_link_ends_with_what_its_maker_may_see(made, ada, sweep):
    Membership.objects.filter(user=ada).delete()
    assert _ending(made) == Ending.MAKER_LEFT
    Membership.objects.create(user=ada, entity=sweep.project.entity)
    assert _ending(made) is None
    ada.is_active = False
    ada.save()
    assert _ending(made) == Ending.MAKER_LEFT
    ada.delete()
    with pytest.raises(NotFound):
        _ending(made)


def test_an_admin_turns_sharing_off_and_limits_its_length(made, ada, sweep, settings):
    settings.SHARE_MAX_DAYS = 30
    for days in (31, None):
        with pytest.raises(InvalidInput, match="days: must be 1 to 30"):
            share_create(user=ada, sweep=sweep, days=days)
    settings.SHARE_MAX_DAYS = 0
    assert share_create(user=ada, sweep=sweep, days=None).link.expires_at is None
    settings.SHARING = False
    assert _ending(made) == Ending.TURNED_OFF
    with pytest.raises(Forbidden, match="SWEEPDECK_SHARING"):
        share_create(user=ada, sweep=sweep, days=1)


def test_a_repeat_leaves_one_link_with_one_token_that_works(ada, sweep):
    first = share_create(user=ada, sweep=sweep, days=7, request_id="q")
    again = share_create(user=ada, sweep=sweep, days=7, request_id="q")
    assert (first.created, again.created, again.link) == (True, False, first.link)
    assert _ending(again) is None
    with pytest.raises(NotFound):
        _ending(first)
    share_revoke(link=again.link)
    with pytest.raises(Conflict):
        share_create(user=ada, sweep=sweep, days=7, request_id="q")
    with pytest.raises(IntegrityError), transaction.atomic():
        ShareLink.objects.create(sweep=sweep, created_by=ada, digest="d", request_id="q")


@pytest.mark.parametrize(
    ("given", "field"),
    [({"days": 0}, "days"), ({"days": 91}, "days"), ({"name": "x" * 101}, "name"), ({"name": "\x00"}, "name")],
)
def test_what_cannot_be_is_refused_by_its_field(ada, sweep, given, field):
    with pytest.raises(InvalidInput) as refused:
        share_create(user=ada, sweep=sweep, **({"days": 7} | given))
    assert [problem.field for problem in refused.value.problems] == [field]


def test_there_are_only_so_many_working_links(ada, sweep, made, monkeypatch):
    monkeypatch.setattr(sharing, "MAX_LINKS", 1)
    with pytest.raises(InvalidInput, match="more than 1 working links"):
        share_create(user=ada, sweep=sweep, days=7)
    share_revoke(link=made.link)
    share_create(user=ada, sweep=sweep, days=7)


def test_a_link_belongs_to_its_sweep(ada, made, sweep):
    assert share_link_get(sweep, made.link.share_id) == made.link
    with pytest.raises(NotFound):
        share_link_get(make_sweep(ada), made.link.share_id)
    Sweep.everything.filter(pk=sweep.pk).delete()
    with pytest.raises(NotFound):
        share_create(user=ada, sweep=sweep, days=7)
