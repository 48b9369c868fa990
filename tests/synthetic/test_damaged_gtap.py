"""Damaged base data files, and the real sample of the version 7 layout."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from damage import Damage, cases, emptied, halved, html, noise_bytes, prove, read

from synth.economy import Economy
from synth.har import Base, base_of, write
from warehouse.errors import InputError

READER, ROLE, FILE = "gtap_har", "gtap_flow", "basedata.har"
OLD = {
    "VDFB": "VDFM",
    "VMFB": "VIFM",
    "VDPB": "VDPM",
    "VXSB": "VXMD",
    "VMSB": "VIMS",
    "MAKB": "VOM",
}
Harm = Callable[[Base], Base]


def _headers(**changed: object) -> Harm:
    """Arrays changed by functions; None takes a header out."""

    def harm(base: Base) -> Base:
        headers = dict(base.headers)
        for name, change in changed.items():
            if change is None:
                del headers[name]
            else:
                axes, array, title = headers[name]
                headers[name] = (axes, np.asarray(change(array.copy())), title)
        return replace(base, headers=headers)

    return harm


def _cell(value: float) -> Callable[[np.ndarray], np.ndarray]:
    def change(array: np.ndarray) -> np.ndarray:
        array[(3,) * array.ndim] = value
        return array

    return change


def _named_as_before(base: Base) -> Base:
    return replace(base, headers={OLD.get(name, name): item for name, item in base.headers.items()})


def _release(text: str) -> Harm:
    return lambda base: replace(base, texts={**base.texts, "DREL": [text]})


def _labels(kind: str, change: Callable[[list[str]], list[str]]) -> Harm:
    return lambda base: replace(base, labels={**base.labels, kind: change(list(base.labels[kind]))})


def _everything(factor: float) -> Harm:
    return lambda base: replace(
        base,
        headers={
            name: (axes, array * factor, title)
            for name, (axes, array, title) in base.headers.items()
        },
    )


def _without_last_region(name: str) -> Harm:
    """One header that has a region less than the others."""
    return _headers(**{name: lambda array: array[..., :-1]})


def _region_dropped(base: Base) -> Base:
    """The last region taken out of every header, as an aggregation that forgets it would."""
    headers = {}
    for name, (axes, array, title) in base.headers.items():
        for axis, kind in enumerate(axes):
            if kind == "R":
                array = np.delete(array, -1, axis)
        headers[name] = (axes, array, title)
    return replace(base, headers=headers, labels={**base.labels, "REG": base.labels["REG"][:-1]})


DAMAGES = (
    Damage("a region dropped everywhere", _region_dropped, "accounts do not add up"),
    Damage("names of version 6", _named_as_before, "version 6.*VDFM.*VDFB.*version 7"),
    Damage("VDFB lost", _headers(VDFB=None), "lacks headers.*VDFB"),
    Damage("VTWR lost", _headers(VTWR=None), "lacks headers.*VTWR"),
    Damage("EVFB lost", _headers(EVFB=None), "lacks headers.*EVFB"),
    Damage("another year", _release("R10A_2014_TEST"), "another year.*R10A_2014"),
    Damage("no year", _release("R11A"), "another year, or does not say.*R11A"),
    Damage("no number", _headers(VXSB=_cell(np.nan)), "VXSB.*nan"),
    Damage("infinite", _headers(VDPB=_cell(np.inf)), "VDPB.*inf"),
    Damage("one header a thousandfold", _headers(VMFB=lambda a: a * 1000), "VMSB and imports used"),
    Damage("exports a thousandfold", _headers(VXSB=lambda a: a * 1000), "sales and MAKB"),
    Damage("everything a thousandfold", _everything(1000.0), "World output"),
    Damage("everything a thousandth", _everything(0.001), "World output"),
    Damage("output of one sector changed", _headers(MAKB=_cell(1e6)), "sales and MAKB"),
    Damage("a duty changed", _headers(TFRV=_cell(1e6)), r"VCIF \+ TFRV"),
    Damage("freight lost", _headers(VST=lambda a: a * 0), "sales and MAKB|VST and VTWR"),
    Damage("axes in another order", _headers(VDFB=lambda a: a.transpose(2, 1, 0)), "VDFB|header array file"),
    Damage("a region twice", _labels("REG", lambda names: [*names[:-1], names[0]]), "REG with"),
    Damage("margin that is not a commodity", _labels("MARG", lambda _: ["otp", "wtp", "rail"]), "rail"),
    Damage("a region less in one header", _without_last_region("VDGB"), "VDGB|header array file"),
)  # fmt: skip


@cases(*DAMAGES)
def test_damage_of_the_base_shows(damage: Damage, economy: Economy, tmp_path: Path) -> None:
    harmed = damage.harm(base_of(economy))
    assert isinstance(harmed, Base)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        write(harmed, tmp_path / FILE)
        prove(Damage(damage.name, lambda _: None, damage.says), READER, ROLE, tmp_path)


@pytest.mark.parametrize(
    "harm", [emptied, halved, html, noise_bytes], ids=lambda harm: harm.__name__
)
def test_damage_of_the_file_shows(
    harm: Callable[[Path], None], copy_of: Callable[[str], Path]
) -> None:
    folder = copy_of(ROLE)
    prove(
        Damage("file", lambda f: harm(f / FILE), "header array file|empty|lacks headers"),
        READER, ROLE, folder,
    )  # fmt: skip


def test_a_header_twice_is_refused(copy_of: Callable[[str], Path]) -> None:
    folder = copy_of(ROLE)
    file = folder / FILE
    file.write_bytes(file.read_bytes() * 2)
    prove(Damage("twice", lambda _: None, "twice"), READER, ROLE, folder)


def test_the_real_sample_is_read(shared_data: Callable[[str], Path]) -> None:
    file = shared_data("economy/gtap_har_samples/other__GTAP-V7/basedata.har")
    frame = read(READER, ROLE, [file], 2011)
    sums = {name: group["value_musd"].sum() for (name,), group in frame.group_by("header")}
    assert sums["VDFB"] == pytest.approx(60_683_808, rel=1e-6)
    assert sums["MAKB"] == pytest.approx(1.4187286e8, rel=1e-6)
    assert sums["VST"] == pytest.approx(776_030.38, rel=1e-6)
    assert set(frame.filter(header="VST")["commodity"]) == {"transcomm"}


def test_real_files_of_version_6_are_refused(shared_data: Callable[[str], Path]) -> None:
    file = shared_data("economy/gtap_har_samples/rtol_GTAP-W_2001/basedata.har")
    with pytest.raises(InputError, match="version 6"):
        read(READER, ROLE, [file], 2001)


def test_a_cut_file_prints_no_stack(
    copy_of: Callable[[str], Path], capfd: pytest.CaptureFixture[str]
) -> None:
    """harpy prints its stack when a record is cut off; the user sees the error alone."""
    folder = copy_of(ROLE)
    halved(folder / FILE)
    with pytest.raises(InputError):
        read(READER, ROLE, [folder / FILE])
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")
