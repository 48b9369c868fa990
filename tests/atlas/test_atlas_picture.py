"""`tradeplume plot`: one figure as a file."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import plotly.graph_objects as go
import pytest

from atlas.paper import BY_NAME, panels, paper_caption
from atlas.picture import PictureError, drawn, named_figures, write_picture
from cli.main import main as tradeplume
from tests.atlas.made_up import FULL, OBSERVED, PLAIN
from warehouse.errors import NotPublished, UserFacingError
from warehouse.home import Home


def test_every_figure_that_has_rows_can_be_drawn(home: Home) -> None:
    names = [name for name, _, _ in named_figures()]
    assert len(names) == 37
    for name in names:
        picture = drawn(home, name)
        figure = go.Figure(picture.plot)
        assert picture.edition.name in (FULL, OBSERVED)
        assert picture.figure.finding or picture.figure.title in figure.layout.title.text
        assert picture.edition.name in figure.layout.title.text


def test_choices_are_taken_by_value_or_label_in_any_case(home: Home) -> None:
    chosen = {"province": "hebei", "pollutant": "so2"}
    picture = drawn(home, "leading_consumers", chosen, edition=PLAIN)
    assert dict(picture.chosen) == {"province": "CN-HE", "pollutant": "SO2"}
    assert picture.edition.name == PLAIN
    assert "Hebei 河北" in picture.plot["layout"]["title"]["text"]
    assert drawn(home, "chains", {"emitter": "hebei"}).chosen["emitter"] == "Hebei 河北"
    assert drawn(home, "chains", {"emitter": "河北"}).chosen["emitter"] == "Hebei 河北"


@pytest.mark.parametrize(
    ("name", "how", "says"),
    [
        ("nothing", {}, "not a figure"),
        ("checks", {}, "is a table"),
        ("export_map", {"wanted": {"pollutant": "XX"}}, "no value 'XX'"),
        ("export_map", {"wanted": {"season": "DJF"}}, "no choice season"),
        ("export_map", {"edition": "nowhere"}, "no edition nowhere"),
        ("export_map", {"edition": OBSERVED}, "no data"),
        ("pm25_map", {"edition": PLAIN, "year": 2007}, "no data"),
    ],
)
def test_what_there_is_not_is_said_with_what_there_is(
    home: Home, name: str, how: dict, says: str
) -> None:
    with pytest.raises(PictureError, match=says) as error:
        drawn(home, name, **how)
    assert error.value.exit_code == 2
    assert error.value.remedy


def test_nothing_published_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotPublished):
        drawn(Home(tmp_path), "export_map")


def test_other_files_and_folders_are_refused(home: Home, tmp_path: Path) -> None:
    picture = drawn(home, "capital")
    for path in (tmp_path / "x.jpg", tmp_path / "x", tmp_path / "nowhere" / "x.png"):
        with pytest.raises(PictureError):
            write_picture(picture, path)


def test_without_a_browser_it_says_what_to_install(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "none"))
    with pytest.raises(UserFacingError, match="No browser") as error:
        write_picture(drawn(home, "capital"), tmp_path / "x.png")
    assert "apt-get install chromium" in error.value.remedy
    assert not (tmp_path / "x.png").exists()


def test_a_map_is_drawn_without_the_net_as_png_svg_and_pdf(
    home: Home, tmp_path: Path, browser_path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROWSER_PATH", browser_path)
    picture = drawn(home, "export_map", {"pollutant": "SO2"})
    starts = {"png": b"\x89PNG", "pdf": b"%PDF", "svg": b"<svg"}
    for kind, start in starts.items():
        write_picture(picture, tmp_path / f"map.{kind}")
        assert (tmp_path / f"map.{kind}").read_bytes().startswith(start)
    image = (tmp_path / "map.png").read_bytes()
    # Width and height stand in the header of a PNG: three dots for each pixel.
    assert int.from_bytes(image[16:20]) == 3000
    root = ElementTree.parse(tmp_path / "map.svg").getroot()
    shapes = [each for each in root.iter() if "choroplethlayer" in each.get("class", "")]
    paths = [path for layer in shapes for path in layer.iter() if path.tag.endswith("path")]
    assert len(paths) == 34


def test_the_command_lists_the_figures_and_refuses_what_is_no_choice(
    home: Home, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    place = ["--home", str(home.root)]
    with pytest.raises(SystemExit) as ended:
        tradeplume(["plot", *place])
    assert ended.value.code == 0
    assert {line.split()[0] for line in capsys.readouterr().out.splitlines()} == {
        *(name for name, _, _ in named_figures()),
        *(f"paper-{name}" for name in BY_NAME),
        "paper",
    }
    out = ["--out", str(tmp_path / "x.png")]
    assert "SELECT=VALUE" in refused(capsys, ["plot", "capital", *out, "-c", "pollutant", *place])
    assert "--out picture.png" in refused(capsys, ["plot", "capital", *place])
    assert "is a table" in refused(capsys, ["plot", "checks", *out, *place])
    assert "Choose one of 1a" in refused(capsys, ["plot", "paper-9z", *out, *place])
    assert "is not a folder" in refused(capsys, ["plot", "paper", *out, *place])


def test_every_figure_of_the_paper_is_drawn_with_what_differs(home: Home) -> None:
    found = list(panels(home, {}, edition=FULL))
    assert [panel.name for panel, _ in found] == list(BY_NAME)
    for panel, picture in found:
        go.Figure(picture.plot)
        assert picture.chosen.items() >= panel.choices.items()
        text = paper_caption(panel, picture)
        assert text.startswith(f"Figure {panel.name}. {picture.figure.title}")
        assert panel.differs in text
        assert f"Edition {FULL} 2007, run " in text


def refused(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> str:
    with pytest.raises(SystemExit) as stopped:
        tradeplume(arguments)
    assert stopped.value.code == 2
    return capsys.readouterr().err
