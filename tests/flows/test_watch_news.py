"""What the watch of the landing folder says in the terminal of `tradeplume serve`."""

from __future__ import annotations

from pathlib import Path

from service.watch import new_since_last_look
from warehouse.home import locate, prepare

WAITS = "open-2011 waits: sector_emission: Nothing fills the role"
REFUSED = "open-2011: refused: two lines\nof a message"


def test_a_line_is_said_once_a_session_for_as_long_as_it_holds(tmp_path: Path) -> None:
    home = locate(tmp_path)
    prepare(home, needed_bytes=0)
    home.watch.mkdir(parents=True, exist_ok=True)
    assert new_since_last_look(home, [WAITS], "first") == [WAITS]
    assert new_since_last_look(home, [WAITS, REFUSED], "first") == [REFUSED]
    assert new_since_last_look(home, [WAITS, REFUSED], "first") == []
    assert new_since_last_look(home, [], "first") == []
    assert new_since_last_look(home, [WAITS], "first") == [WAITS]
    assert new_since_last_look(home, [WAITS], "second") == [WAITS]


def test_a_damaged_memory_says_too_much_rather_than_nothing(tmp_path: Path) -> None:
    home = locate(tmp_path)
    prepare(home, needed_bytes=0)
    home.watch.mkdir(parents=True, exist_ok=True)
    (home.watch / "said.json").write_text("{", encoding="utf-8")
    assert new_since_last_look(home, [WAITS], "") == [WAITS]
