"""Where the key comes from, and what is said when it is missing or wrong."""

import stat

import pytest

import sweepdeck
from sweepdeck import _auth
from sweepdeck._netrc import netrc_path, read_key, write_key
from tests.sdk.fake import KEY


@pytest.fixture
def no_key(monkeypatch):
    monkeypatch.delenv("SWEEPDECK_API_KEY")


def test_the_key_comes_from_the_environment_and_is_not_stored(fake, capsys):
    assert sweepdeck.login()
    assert f"logged in to {fake.url} as ada" in capsys.readouterr().err
    assert not netrc_path().exists()


def test_the_argument_wins_and_is_stored_for_the_owner_alone(fake, monkeypatch):
    monkeypatch.setenv("SWEEPDECK_API_KEY", "x" * 43)
    assert sweepdeck.login(key=KEY)
    assert read_key("127.0.0.1") == KEY
    assert stat.S_IMODE(netrc_path().stat().st_mode) == 0o600


def test_the_key_comes_from_netrc(fake, no_key):
    write_key("127.0.0.1", KEY)
    assert sweepdeck.login()


def test_a_missing_key_is_asked_for_with_the_page_that_makes_one(fake, no_key, monkeypatch, capsys):
    monkeypatch.setattr(_auth, "_can_ask", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda prompt: f" {KEY}\n")
    assert sweepdeck.login()
    assert f"{fake.url}/settings/keys" in capsys.readouterr().err
    assert read_key("127.0.0.1") == KEY


def test_relogin_asks_although_a_key_is_there(fake, monkeypatch):
    monkeypatch.setattr(_auth, "_can_ask", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda prompt: "")
    with pytest.raises(sweepdeck.AuthenticationError, match="no API key was entered"):
        sweepdeck.login(relogin=True)


def test_where_nobody_can_be_asked_the_error_says_what_to_do(fake, no_key):
    with pytest.raises(sweepdeck.AuthenticationError, match=r"settings/keys and set SWEEPDECK_API_KEY"):
        sweepdeck.login()
    with pytest.raises(sweepdeck.AuthenticationError, match="settings/keys"):
        sweepdeck.login(prompt=False)


def test_a_wrong_or_malformed_key_is_refused_at_once(fake, no_key):
    with pytest.raises(sweepdeck.AuthenticationError, match="does not accept the API key"):
        sweepdeck.login(key="y" * 43)
    with pytest.raises(sweepdeck.AuthenticationError, match="malformed"):
        sweepdeck.login(key="with space")
    assert not netrc_path().exists()


def test_a_server_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setattr(_auth, "LOGIN_SECONDS", 0.3)
    with pytest.raises(sweepdeck.CommError, match=r"http://127.0.0.1:9: .*Is it running"):
        sweepdeck.login(key=KEY, host="http://127.0.0.1:9/")
    with pytest.raises(sweepdeck.UsageError, match="is not a server's address"):
        sweepdeck.login(key=KEY, host="nowhere")


def test_the_first_call_that_needs_the_server_logs_in_by_itself(fake):
    run = sweepdeck.init()
    assert fake.runs[run.id]["state"] == "running"


def test_arguments_of_wandb_are_accepted_and_others_are_not(fake):
    assert sweepdeck.login(anonymous="never", force=True, verify=False, referrer="x", relogin=None)
    with pytest.raises(TypeError, match="'keey'"):
        sweepdeck.login(keey=KEY)


def test_other_lines_of_netrc_stay_as_they_are():
    netrc_path().write_text(
        "machine a\n  login b\n  password c\n\nmachine h login u password old\nmachine z login q password r"
    )
    write_key("h", "new")
    text = netrc_path().read_text()
    assert text.startswith("machine a\n  login b\n  password c\n")
    assert "old" not in text
    assert (read_key("h"), read_key("a"), read_key("z")) == ("new", "c", "r")


def test_a_netrc_that_cannot_be_read_counts_as_empty_and_is_said(capsys):
    netrc_path().write_text("machine\n")
    assert read_key("h") == ""
    assert "cannot read" in capsys.readouterr().err
