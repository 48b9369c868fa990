"""What was read of a module is remembered for as long as its file stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from warehouse import module_code
from warehouse.module_code import Code, Memory

HERE = Path(module_code.__file__)


def reopened(file: Path) -> Memory:
    """As another process finds it."""
    memory = Memory(file)
    memory.load()
    return memory


def test_a_later_process_knows_what_was_read(tmp_path: Path) -> None:
    first = Memory(tmp_path / "memory.json")
    read = first.code_of(HERE)
    first.save()
    again = reopened(first.file)
    assert again.known.keys() == {str(HERE)}
    assert again.code_of(HERE) == read
    assert not again.has_news


def test_a_file_that_was_written_again_is_read_again(tmp_path: Path) -> None:
    module = tmp_path / "m.py"
    module.write_text("x = 1\n")
    memory = Memory(tmp_path / "memory.json")
    before = memory.code_of(module)
    module.write_text("import os\nx = 2\n")
    after = memory.code_of(module)
    assert after.checksum != before.checksum
    assert after.names == ("os",)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"method": "another", "files": []}'])
def test_a_memory_that_cannot_be_read_is_made_anew(tmp_path: Path, text: str) -> None:
    file = tmp_path / "memory.json"
    file.write_text(text)
    memory = reopened(file)
    assert memory.known == {}
    memory.code_of(HERE)
    memory.save()
    assert isinstance(reopened(file).known[str(HERE)][1], Code)


def test_modules_of_other_places_are_not_remembered(tmp_path: Path) -> None:
    module = tmp_path / "m.py"
    module.write_text("x = 1\n")
    memory = Memory(tmp_path / "memory.json")
    memory.code_of(module)
    memory.save()
    assert reopened(memory.file).known == {}


def test_a_folder_of_others_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> tuple[int, str]:
        raise PermissionError

    monkeypatch.setattr(module_code.tempfile, "mkstemp", refuse)
    memory = Memory(tmp_path / "memory.json")
    memory.code_of(HERE)
    memory.save()
    assert not memory.file.exists()
