"""What a run of load.py has found, as text; and whether that is good enough."""

from typing import Any

from load_watch import Watch

LARGEST_GROWTH = 15.0  # MiB of one process, from a third of the run to its end
HELD = ("web", "worker", "beat")
SLOW = 500  # ms: marked


def tell(report: dict[str, Any], verdict: dict[str, Any], watch: Watch) -> int:
    """Prints all of it; the exit code."""
    _tell_requests(report)
    _tell_behind(verdict, watch)
    _tell_processes(watch)
    faults = [*_errors(report), *_untrue(verdict), *_grown(watch)]
    print(
        "\n" + ("\n".join(f"  WRONG  {fault}" for fault in faults) or "  All of it true, no request failed.")
    )
    return 1 if faults else 0


def _tell_requests(report: dict[str, Any]) -> None:
    total = sum(kind["count"] for kind in report["kinds"])
    print(f"\n{total:,} requests, {report['per_second']:.1f} a second; milliseconds")
    print(f"  {'':<34}{'count':>8}{'errors':>8}{'p50':>8}{'p95':>8}{'p99':>8}{'max':>8}")
    for kind in sorted(report["kinds"], key=lambda kind: kind["kind"]):
        times = "".join(f"{kind[name]:>8.0f}" for name in ("p50", "p95", "p99", "max"))
        mark = "  *" if kind["p99"] > SLOW else ""
        print(f"  {kind['kind']:<34}{kind['count']:>8,}{kind['errors']:>8}{times}{mark}")


def _tell_behind(verdict: dict[str, Any], watch: Watch) -> None:
    print("\nBehind it")
    for name, count in verdict["counted"].items():
        print(f"  {name:<34}{count:>8,}")
    for name, seconds in verdict["delays"].items():
        if seconds:
            p50, p95, p99, longest = seconds
            print(f"  {name:<34}{p50:>8} s, p95 {p95} s, p99 {p99} s, longest {longest} s")
    print(f"  {'quiet again after':<34}{verdict['settled_after']:>8} s")
    print(f"  {'database connections, most':<34}{max(watch.connections, default=0):>8}")
    print(f"  {'tasks in the queue, most':<34}{max(watch.queue, default=0):>8}")
    print(f"  {'load average, mean':<34}{sum(watch.machine) / max(1, len(watch.machine)):>8.1f}")


def _tell_processes(watch: Watch) -> None:
    print("\nSeconds of CPU, start included")
    for name, seconds in watch.cpu().items():
        print(f"  {name:<34}{seconds:>8.1f}")
    grown = {name: found for held in HELD for name, found in watch.growth(held).items()}
    print(
        "\nMemory, MiB: after a third of the run and at its end"
        if grown
        else "\nMemory: too short a run to say"
    )
    for name, (warm, end) in grown.items():
        print(f"  {name:<34}{warm:>8.1f}{end:>8.1f}{end - warm:>+8.1f}")


def _errors(report: dict[str, Any]) -> list[str]:
    return [f"{error['count']} x {error['kind']}: {error['error']}" for error in report["errors"]]


def _untrue(verdict: dict[str, Any]) -> list[str]:
    return [
        *verdict["wrong"],
        *(f"Not done: {count} {what}" for what, count in verdict["unfinished"].items()),
    ]


def _grown(watch: Watch) -> list[str]:
    return [
        f"{name} has grown by {end - warm:.1f} MiB (at most {LARGEST_GROWTH:.0f})"
        for held in HELD
        for name, (warm, end) in watch.growth(held).items()
        if end - warm > LARGEST_GROWTH
    ]
