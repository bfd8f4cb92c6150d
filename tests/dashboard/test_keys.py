from datetime import timedelta

from django.utils import timezone

from sweeps_app.models import ApiKey
from sweeps_app.services.keys import key_authenticate, key_create
from tests.factories import make_user


def test_a_new_key_is_shown_once_and_works(page, world):
    response = page.post("/settings/keys", {"name": "laptop", "days": "30"})
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    secret = response.context["secret"]
    assert secret in response.content.decode()
    key = key_authenticate(secret=secret)
    assert (key.user, key.name) == (world.owner, "laptop")
    assert timedelta(days=29) < key.expires_at - timezone.now() <= timedelta(days=30)
    listed = page.get("/settings/keys").content.decode()
    assert secret not in listed
    assert f"{key.prefix}…" in listed


def test_a_key_without_an_end_is_the_default(page, world):
    page.post("/settings/keys", {"name": "", "days": ""})
    assert ApiKey.objects.get().expires_at is None


def test_a_wrong_form_is_explained_and_makes_no_key(page, world):
    response = page.post("/settings/keys", {"name": "x" * 101, "days": "1"})
    assert response.status_code == 400
    assert "at most 100 characters" in response.content.decode()
    assert not ApiKey.objects.exists()


def test_a_key_is_revoked(page, world):
    key, secret = key_create(user=world.owner, name="old")
    response = page.post(f"/settings/keys/{key.pk}/revoke", follow=True)
    assert "is revoked" in response.content.decode()
    assert key_authenticate(secret=secret) is None
    assert "Revoked and expired keys (1)" in response.content.decode()


def test_only_own_keys_are_shown_and_revoked(page, world):
    key, secret = key_create(user=make_user(), name="theirs")
    assert key.prefix not in page.get("/settings/keys").content.decode()
    assert page.post(f"/settings/keys/{key.pk}/revoke").status_code == 404
    assert key_authenticate(secret=secret) is not None


def test_a_key_expires(page, world):
    key_create(user=world.owner, name="short", expires_at=timezone.now() - timedelta(seconds=1))
    text = page.get("/settings/keys").content.decode()
    assert "You have no keys" in text
    assert "expired" in text


def test_the_wandb_client_sends_people_here_for_a_key(page, world):
    assert page.get("/authorize")["Location"] == "/settings/keys"
    response = page.post("/settings/keys", {"name": "", "days": ""})
    assert f"export WANDB_API_KEY={response.context['secret']} WANDB_BASE_URL=" in response.content.decode()
