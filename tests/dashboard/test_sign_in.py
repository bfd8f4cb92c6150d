import pytest

from sweeps_app.services.sign_in import sign_in_path
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_name_and_password_sign_in_and_lead_back(client):
    make_user("ada")
    form = {"username": "ada", "password": "correct horse", "next": "/ada"}
    response = client.post("/login?next=/ada", form)
    assert (response.status_code, response["Location"]) == (302, "/ada")
    assert client.get("/login")["Location"] == "/"


def test_a_wrong_password_is_refused(client):
    make_user("ada")
    response = client.post("/login", {"username": "ada", "password": "wrong"})
    assert response.status_code == 200
    assert "correct username and password" in response.content.decode()


def test_signing_in_leads_to_this_server_only(client):
    make_user("ada")
    form = {"username": "ada", "password": "correct horse", "next": "https://evil.example/"}
    assert client.post("/login", form)["Location"] == "/"


def test_signing_out_ends_the_session(client):
    client.force_login(make_user("ada"))
    assert client.post("/logout")["Location"] == "/login"
    assert client.get("/").status_code == 302


def test_a_link_signs_in_once(client):
    path = sign_in_path(user=make_user("ada"))
    shown = client.get(path)
    assert shown.status_code == 200
    assert "Welcome, ada" in shown.content.decode()
    assert client.get("/").status_code == 302  # looking at the link is not using it
    assert client.post(path)["Location"] == "/"
    assert client.get("/").status_code == 200
    assert client.get(path)["Location"] == "/"
    client.logout()
    assert client.get(path).status_code == 410
    assert client.post(path).status_code == 410
    assert client.get("/").status_code == 302


@pytest.mark.parametrize(
    "path", ["/welcome/MQ/wrong", "/welcome/%25/x", "/welcome/_w/x", "/welcome/OTk5OTk5OTk5OTk5OTk5OTk5OTk/x"]
)
def test_a_wrong_link_says_so(client, path):
    assert client.get(path).status_code == 410
