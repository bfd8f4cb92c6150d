"""API keys in the netrc file: one entry a host."""

import netrc
import os
import shlex
from pathlib import Path

from sweepdeck import _console


def netrc_path() -> Path:
    """Return where the file is: `NETRC`, else `~/.netrc` (`~/_netrc` on Windows)."""
    given = os.environ.get("NETRC")
    name = "_netrc" if os.name == "nt" else ".netrc"
    return Path(given).expanduser() if given else Path.home() / name


def read_key(host: str) -> str:
    """Return the key stored for `host`, or "" where there is none or the file cannot be read."""
    try:
        entry = netrc.netrc(str(netrc_path())).hosts.get(host)
    except FileNotFoundError:
        return ""
    except (netrc.NetrcParseError, OSError, ValueError) as error:
        _console.warn_once("netrc", f"cannot read {netrc_path()}: {error}")
        return ""
    return (entry[2] or "") if entry else ""


def write_key(host: str, key: str) -> Path:
    """Store `key` for `host`, keeping every other line, readable by the owner alone. Raises `OSError`."""
    path = netrc_path().resolve()
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    kept = "".join(_without(lines, host))
    if kept and not kept.endswith("\n"):
        kept += "\n"
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(f"{kept}machine {host}\n  login user\n  password {key}\n")
    fresh.replace(path)
    return path


def _without(lines: list[str], host: str) -> list[str]:
    """Return the lines outside the entry of `host`, which begins with `machine` and ends at the next entry."""
    kept: list[str] = []
    inside = False
    for line in lines:
        words = shlex.split(line, comments=True, posix=False) if line.strip() else []
        if words and words[0] in ("machine", "default", "macdef"):
            inside = words[:2] == ["machine", host]
        if not inside:
            kept.append(line)
    return kept
