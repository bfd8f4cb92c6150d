"""What each report carries besides its data: styles with their fonts, scripts, and the policy that allows no others."""

import base64
import re
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from django.contrib.staticfiles import finders
from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard.scripts.bundle import bundle

STYLES = ("tokens", "base", "layout", "components", "content", "tables", "charts", "parallel", "report")
_SCRIPT = "js/report/main.js"
_PLOTLY = "plotly-*/plotly-*.min.js"
_URL = re.compile(r"""url\(["']?(?P<name>[^"')]+)["']?\)""")
_TYPES = {".woff2": "font/woff2", ".svg": "image/svg+xml"}
_ENDS_SCRIPT = re.compile(r"</script|<!--|\r", re.IGNORECASE)


class Assets(NamedTuple):
    """Elements to put into a page as they are. `policy` is the Content-Security-Policy that lets these run alone.

    `digest` tells one state of them from another, `plotly` is the version of plotly.js.
    """

    icon: str
    styles: SafeString
    scripts: tuple[SafeString, ...]
    policy: str
    digest: str
    plotly: str


@cache
def assets() -> Assets:
    """Return the assets, read once: they change with the installation only."""
    styles = "".join(_inlined(_static(f"css/{name}.css")) for name in STYLES)
    (plotly,) = _static("vendor").glob(_PLOTLY)
    scripts = [_checked(plotly.read_text()), _checked(bundle(_static(_SCRIPT)))]
    hashes = " ".join(_hash(script) for script in scripts)
    policy = (
        f"default-src 'none'; script-src {hashes}; style-src {_hash(styles)}; img-src data: blob:; font-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    # plotly.js finds its rules by this id and class, and adds none of its own.
    style = format_html('<style id="plotly.js-style-global" class="no-inline-styles">{}</style>', SafeString(styles))
    elements = tuple(format_html("<script>{}</script>", SafeString(script)) for script in scripts)
    version = plotly.parent.name.rpartition("-")[2]
    return Assets(
        _data_url(_static("img/mark.svg")), style, elements, policy, sha256(policy.encode()).hexdigest(), version
    )


def _static(name: str) -> Path:
    found = finders.find(name)
    if found is None:
        raise FileNotFoundError(f"static/{name} is missing")
    return Path(found)


def _inlined(path: Path) -> str:
    """Return a style sheet with the files that it names inside of it."""
    return _URL.sub(lambda found: f'url("{_data_url(path.parent / found["name"])}")', path.read_text())


def _data_url(path: Path) -> str:
    return f"data:{_TYPES[path.suffix]};base64,{base64.b64encode(path.read_bytes()).decode()}"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(sha256(text.encode()).digest()).decode()}'"


def _checked(script: str) -> str:
    """Return a script that stays one within a page; raises `ValueError` where a browser would see its end too soon."""
    if found := _ENDS_SCRIPT.search(script):
        raise ValueError(f"a script of the report holds {found[0]!r}")
    return script
