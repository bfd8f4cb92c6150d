"""Databases for servers in processes of their own, beside the one that the tests of this process use."""

import os
import secrets
from urllib.parse import urlsplit

import psycopg


def new_database() -> str:
    """Return the address of a new PostgreSQL database on the server that the tests are told to use; "" for SQLite."""
    given = os.environ.get("SWEEPDECK_DATABASE_URL", "")
    if not given:
        return ""
    name = f"{urlsplit(given).path.strip('/')}_server_{secrets.token_hex(4)}"
    _execute(given, f'CREATE DATABASE "{name}"')
    return urlsplit(given)._replace(path=f"/{name}").geturl()


def drop_database(address: str) -> None:
    """Remove what `new_database` has made, whoever is connected."""
    if address:
        _execute(address, f'DROP DATABASE "{urlsplit(address).path.strip("/")}" WITH (FORCE)')


def _execute(address: str, statement: str) -> None:
    maintenance = urlsplit(address)._replace(path="/postgres", query="").geturl()
    with psycopg.connect(maintenance, autocommit=True) as connection:
        connection.execute(statement)
