"""The first start makes one person with credentials; each later one changes nothing."""

import pytest

from sweeps_app.models import ApiKey, Sweep, User
from sweeps_app.services.demo import demo_start
from sweeps_app.services.installation import CREDENTIALS_FILE, KEY_FILE, OWNER, installation_prepare, write_secret
from sweeps_app.services.jobs import State
from sweeps_app.services.keys import key_authenticate
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_the_first_person_may_do_everything(tmp_path, client):
    made = installation_prepare(folder=tmp_path)
    assert made.owner.is_superuser
    assert made.owner.personal_entity.name == OWNER
    assert client.login(username=OWNER, password=made.password)
    assert key_authenticate(secret=made.key).user == made.owner


def test_secrets_are_kept_in_files_for_their_owner_only_and_hashed_in_the_database(tmp_path):
    made = installation_prepare(folder=tmp_path)
    assert (tmp_path / KEY_FILE).read_text() == f"{made.key}\n"
    assert made.password in (tmp_path / CREDENTIALS_FILE).read_text()
    assert {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {
        KEY_FILE: 0o600,
        CREDENTIALS_FILE: 0o600,
    }
    assert made.password not in User.objects.get().password
    assert made.key not in str(ApiKey.objects.values().get())


def test_again_tells_the_owner_and_no_secret(tmp_path):
    made = installation_prepare(folder=tmp_path)
    before = {path: path.read_text() for path in tmp_path.iterdir()}
    again = installation_prepare(folder=tmp_path)
    assert (again.owner, again.password, again.key) == (made.owner, "", "")
    assert {path: path.read_text() for path in tmp_path.iterdir()} == before
    assert (User.objects.count(), ApiKey.objects.count()) == (1, 1)


def test_where_there_are_people_nobody_is_added(tmp_path):
    make_user("ann")
    assert installation_prepare(folder=tmp_path).owner is None
    admin = make_user("root", is_superuser=True)
    assert installation_prepare(folder=tmp_path).owner == admin
    admin.is_active = False
    admin.save()
    assert installation_prepare(folder=tmp_path).owner is None
    assert list(tmp_path.iterdir()) == []


def test_a_secret_takes_the_place_of_a_file_that_others_could_read(tmp_path):
    path = tmp_path / "secret"
    path.write_text("old and longer")
    path.chmod(0o644)
    write_secret(path, "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o600)


def test_the_demo_is_one_sweep_with_agents_however_often_it_is_started():
    user = make_user()
    sweep = demo_start(user=user)
    assert demo_start(user=user) == sweep
    assert Sweep.objects.get().run_cap >= 40
    assert [job.state for job in sweep.agent_jobs.all()] == [State.QUEUED] * 2
