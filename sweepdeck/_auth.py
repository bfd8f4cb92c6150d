"""Find the API key, ask for it where nobody has it, and check it with the server."""

import getpass
import re
import sys
from typing import Any
from urllib.parse import urlsplit

from sweepdeck import _console
from sweepdeck._api import Client
from sweepdeck._context import in_notebook, process
from sweepdeck._errors import ApiError, AuthenticationError, CommError, ConnectionProblem, UsageError, unended
from sweepdeck._netrc import read_key, write_key
from sweepdeck._settings import Settings
from sweepdeck._wandb_only import check_wandb_only

LOGIN_SECONDS = 6.0
_KEY = re.compile(r"[A-Za-z0-9_-]+")
# What wandb uses these for does not arise here, or (verify) is always done.
_WANDB_ONLY = {"anonymous": None, "force": None, "verify": ..., "referrer": ...}


def login(
    key: str | None = None,
    *,
    host: str | None = None,
    relogin: bool | None = None,
    timeout: float | None = None,
    prompt: bool = True,
    **wandb_only: Any,
) -> bool:
    """Connect to the server with the API key from `key`, SWEEPDECK_API_KEY, the netrc file or a prompt.

    `host` is the server's address (else SWEEPDECK_BASE_URL), `relogin` asks for a key although one is stored,
    `timeout` bounds the attempts to reach the server, in seconds, and `prompt=False` never asks. Returns True. Raises
    `AuthenticationError` for a missing or wrong key and `CommError` where the server does not answer.
    """
    check_wandb_only("login", wandb_only, _WANDB_ONLY)
    settings = Settings.from_environment()
    base_url = (host or settings.base_url).rstrip("/")
    stored_under = netrc_host(base_url)
    found = key or ("" if relogin else settings.api_key or read_key(stored_under))
    prompted = "" if found else _ask(base_url, may_ask=prompt and _can_ask())
    client = _connected(base_url, (found or prompted).strip(), timeout or LOGIN_SECONDS)
    if prompted or key:
        _store(stored_under, (found or prompted).strip())
    process.client = client
    return True


def client_for_use() -> Client:
    """Return the client of this process, after a login if there was none."""
    if process.client is None:
        login()
    if process.client is None:
        raise UsageError("call sweepdeck.login() first")
    return process.client


def client_of(base_url: str) -> Client:
    """Return a client of the server at `base_url`, else of the one that the environment names.

    Raises `AuthenticationError` where there is no key for it or a wrong one, and `CommError` where it does not answer.
    """
    settings = Settings.from_environment()
    address = base_url or settings.base_url
    return _connected(
        address, settings.api_key or read_key(netrc_host(address)) or _ask(address, may_ask=False), LOGIN_SECONDS
    )


def netrc_host(base_url: str) -> str:
    """Return the name under which the netrc file has the server: its host, without scheme and port."""
    host = urlsplit(base_url).hostname
    if not host:
        raise UsageError(f"'{base_url}' is not a server's address such as http://127.0.0.1:8000")
    return host


def _connected(base_url: str, key: str, seconds: float) -> Client:
    if not _KEY.fullmatch(key):
        raise AuthenticationError(f"the API key is malformed. Copy it whole from {base_url}/settings/keys")
    client = Client(base_url, key)
    try:
        me = client.call("GET", "/me", seconds=seconds)
    except ApiError as error:
        if error.status in (401, 403):
            raise AuthenticationError(
                f"{base_url} does not accept the API key: {unended(error)}. Make another at {base_url}/settings/keys"
            ) from None
        raise CommError(f"{base_url} refused the login: {error}") from None
    except ConnectionProblem as error:
        raise CommError(f"{unended(error)}. Is it running? SWEEPDECK_BASE_URL sets the server's address.") from None
    client.entity = str(me.get("default_entity", ""))
    _console.say(f"logged in to {base_url} as {me.get('user', 'unknown')}")
    return client


def _ask(base_url: str, *, may_ask: bool) -> str:
    page = f"{base_url}/settings/keys"
    if not may_ask:
        raise AuthenticationError(f"no API key. Make one at {page} and set SWEEPDECK_API_KEY, or call login(key=...)")
    _console.say(f"make an API key at {page}")
    key = getpass.getpass("sweepdeck: paste it here: ").strip()
    if not key:
        raise AuthenticationError(f"no API key was entered. Make one at {page}")
    return key


def _can_ask() -> bool:
    return in_notebook() or (sys.stdin is not None and sys.stdin.isatty())


def _store(host: str, key: str) -> None:
    try:
        path = write_key(host, key)
    except OSError as error:
        _console.warn(f"the key could not be stored: {error}")
    else:
        _console.say(f"key stored in {path}")
