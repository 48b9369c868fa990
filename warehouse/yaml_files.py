"""Reading YAML: editions, contracts, lists."""

from __future__ import annotations

from typing import Any

import yaml

# libyaml reads eight times faster than Python; PyYAML has it wherever it was built with it.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def yaml_content(text: str) -> Any:
    """What the YAML says; no objects but plain ones. Raises yaml.YAMLError for an invalid text."""
    return yaml.load(text, Loader=_Loader)
