import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="session")
def made_up() -> ModuleType:
    """The made-up domain of made_up.py, which lies beside this file."""
    path = Path(__file__).with_name("made_up.py")
    spec = importlib.util.spec_from_file_location("atmosphere_made_up", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def engine(made_up: ModuleType):
    return made_up.engine()
