"""Running a campaign on this machine: in order, going on from the last complete segment."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from compute.atmosphere.geoschem.estimate import Estimate
from compute.atmosphere.geoschem.schedule import Segment
from geoschem.layout import Campaign
from geoschem.segment import is_complete, read_record, run_segment
from warehouse.errors import HomeUnusable, UserFacingError

Report = Callable[[str], None]


@dataclass
class Outcome:
    """Keys of segments: complete before, run now, failed (with the error), not begun because of one."""

    before: list[str] = field(default_factory=list)
    run: list[str] = field(default_factory=list)
    failed: dict[str, UserFacingError] = field(default_factory=dict)
    waiting: list[str] = field(default_factory=list)


class CampaignFailed(UserFacingError):
    """Some segments failed; what the other scenarios have is kept."""

    exit_code = 7


def run_local(
    segments: Sequence[Segment],
    campaign: Campaign,
    *,
    cores: int,
    report: Report,
    poll_s: float = 1.0,
) -> Outcome:
    """Run every segment that is not complete; a failure stops what depends on it and nothing else."""
    outcome = Outcome()
    stopped: set[str] = set()
    for segment in segments:
        if any(key in stopped for key in segment.depends_on):
            stopped.add(segment.key)
            outcome.waiting.append(segment.key)
            continue
        shown = -1

        def progress(position: str, share: float, key: str = segment.key) -> None:
            nonlocal shown
            tenth = int(10 * share)
            if tenth > shown:
                shown = tenth
                report(f"{key}: at {position}, {100 * share:.0f} %")

        try:
            ran = run_segment(
                campaign.segment_folder(segment.key),
                cores=cores,
                on_progress=progress,
                poll_s=poll_s,
            )
        except UserFacingError as error:
            stopped.add(segment.key)
            outcome.failed[segment.key] = error
            report(f"{segment.key}: failed")
            continue
        (outcome.run if ran else outcome.before).append(segment.key)
        if ran:
            report(f"{segment.key}: complete")
    return outcome


def demand_all_ran(outcome: Outcome) -> None:
    """Raises CampaignFailed with every failed segment and what waits for it."""
    if not outcome.failed:
        return
    lines = [f"{len(outcome.failed)} segments failed, {len(outcome.waiting)} wait for them:"]
    for error in outcome.failed.values():
        lines += [f"  {line}" for line in error.lines()]
    raise CampaignFailed(
        "\n".join(lines),
        remedy="Mend the cause and run the same command again: it goes on from there. "
        "Complete segments are kept.",
    )


def complete_keys(segments: Sequence[Segment], campaign: Campaign) -> set[str]:
    """Keys of the segments that are complete."""
    result = set()
    for segment in segments:
        try:
            if is_complete(read_record(campaign.segment_folder(segment.key))):
                result.add(segment.key)
        except UserFacingError:
            continue
    return result


def demand_disk(estimate: Estimate, campaign: Campaign) -> None:
    """Raises HomeUnusable when what the runs write does not fit on the disk."""
    place = campaign.root
    while not place.exists():
        place = place.parent
    free_gb = shutil.disk_usage(place).free / 1e9
    if free_gb < estimate.written_gb:
        raise HomeUnusable(
            f"The runs write up to {estimate.written_gb:,.0f} GB; {free_gb:,.0f} GB are free on the"
            f" disk of {campaign.root}.",
            remedy="Use a home on another disk, fewer scenarios or months, or --ignore-disk when the"
            " model compresses its files.",
        )
