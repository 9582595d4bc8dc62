"""From which day on a new subscription is billed, and since when."""

from __future__ import annotations

import calendar
from datetime import UTC, datetime
from typing import Any

from stripe_sandbox.billing.amounts.periods import Rhythm, boundary_after
from stripe_sandbox.errors import InvalidRequest

Params = dict[str, Any]
PARTS = ("hour", "minute", "second")


def check_anchor(params: Params, now: int, trial_end: int | None, rhythm: Rhythm) -> None:
    anchor = params.get("billing_cycle_anchor")
    if anchor is not None and params.get("billing_cycle_anchor_config"):
        message = "Give `billing_cycle_anchor` or `billing_cycle_anchor_config`, not both."
        raise InvalidRequest(message, param="billing_cycle_anchor_config")
    if anchor is None:
        return
    begins = trial_end or now
    if anchor < begins:
        message = "`billing_cycle_anchor` must lie in the future, and not before the trial's end."
        raise InvalidRequest(message, param="billing_cycle_anchor")
    if anchor > boundary_after(begins, begins, *rhythm):
        message = "`billing_cycle_anchor` cannot be later than the next natural billing date."
        raise InvalidRequest(message, param="billing_cycle_anchor")


def anchor_of(params: Params, now: int, trial_end: int | None, rhythm: Rhythm) -> int:
    check_anchor(params, now, trial_end, rhythm)
    begins = trial_end or now
    config = params.get("billing_cycle_anchor_config")
    if config:
        return configured(config, begins, rhythm)
    return int(params.get("billing_cycle_anchor") or begins)


def configured(config: Params, begins: int, rhythm: Rhythm) -> int:
    """The next moment at this day of month (and month), at the given time of day or that of the start."""
    if rhythm[0] not in ("month", "year"):
        message = "`billing_cycle_anchor_config` is for monthly and yearly prices."
        raise InvalidRequest(message, param="billing_cycle_anchor_config")
    check_parts(config)
    start = datetime.fromtimestamp(begins, UTC)
    months = start.year * 12 + start.month - 1
    for step in range(60):
        year, month = divmod(months + step, 12)
        found = moment(config, start, year, month + 1)
        if found and found > begins and config.get("month") in (None, month + 1):
            return found
    raise InvalidRequest("There is no such date.", param="billing_cycle_anchor_config")


def moment(config: Params, start: datetime, year: int, month: int) -> int | None:
    """Only months that have the day: as an anchor the 28th would forget that the 31st was asked for."""
    if config["day_of_month"] > calendar.monthrange(year, month)[1]:
        return None
    times = {part: config.get(part, getattr(start, part)) for part in PARTS}
    return int(datetime(year, month, config["day_of_month"], tzinfo=UTC, **times).timestamp())


def check_parts(config: Params) -> None:
    sixty = (0, 59)
    limits = {"day_of_month": (1, 31), "month": (1, 12), "hour": (0, 23), "minute": sixty, "second": sixty}
    for name, (least, most) in limits.items():
        if name in config and not least <= config[name] <= most:
            raise InvalidRequest(
                f"`{name}` is {least} to {most}.", param=f"billing_cycle_anchor_config[{name}]"
            )


def anchor_config(config: Params | None) -> Params | None:
    names = ("day_of_month", "hour", "minute", "month", "second")
    return {name: config.get(name) for name in names} if config else None


def start_of(params: Params, now: int) -> int:
    """`backdate_start_date`, or now."""
    start = params.get("backdate_start_date")
    if start is None:
        return now
    if start > now:
        raise InvalidRequest("`backdate_start_date` must lie in the past.", param="backdate_start_date")
    return int(start)


def past_periods(anchor: int, start: int, now: int, rhythm: Rhythm) -> list[tuple[int, int]]:
    """The natural periods from a backdated start on; the last one is under way."""
    found, begin = [], start
    while True:
        end = boundary_after(anchor, begin, *rhythm)
        found.append((begin, end))
        if end > now:
            return found
        if len(found) > 250:
            message = "Backdating makes more lines than an invoice can have (250)."
            raise InvalidRequest(message, param="backdate_start_date")
        begin = end
