"""A sweep's configuration as text."""

from collections.abc import Mapping
from typing import Any

import yaml


def config_yaml(config: Mapping[str, Any]) -> str:
    """Return a configuration as YAML, its keys in their own order."""
    return yaml.safe_dump(dict(config), sort_keys=False, allow_unicode=True, default_flow_style=None, width=100)
