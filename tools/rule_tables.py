"""Writes the dated rules as tables; `python -m tools.diagrams` puts them into `docs/rules.md`."""

from datetime import time

from assent.consent.rulebook import Cap, Rule, Subject, Week, Window
from assent.consent.rules import RULES

_OPEN = "—"


def terms() -> str:
    """List every rule that is no matter of hours, by what it is about."""
    parts = []
    for subject in Subject:
        rules = [r for r in RULES if r.subject == subject and not isinstance(r.value, Week)]
        rows = [
            f"| `{r.id}` | {_value(r)} | {_span(r)} | {r.source}{_doubt(r)} | {r.note or _OPEN} |"
            for r in rules
        ]
        head = "| rule | value | in force | source | note |\n|---|---|---|---|---|"
        parts.append("\n".join([f"### {subject.value}", head, *rows]))
    return "\n\n".join(parts)


def places() -> str:
    """List when messages may go, and how many, by place."""
    lines = [
        "| place | rule | weekdays | Saturday | Sunday | holidays | cap | in force | source |",
        "|---" * 9 + "|",
    ]
    for rule in RULES:
        if isinstance(rule.value, Week):
            week = rule.value
            days = [_window(week.windows[day]) for day in (0, 5, 6)]
            cells = [
                rule.place,
                f"`{rule.id}`",
                *days,
                "yes" if week.holidays else "none",
                _cap(week.cap),
                _span(rule),
                f"{rule.source}{_doubt(rule)}{f'. {rule.note}' if rule.note else ''}",
            ]
            lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _value(rule: Rule) -> str:
    value = rule.value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value)
    place = f" ({rule.place})" if rule.place else ""
    return f"{value} {rule.unit}{place}" if rule.unit else str(value)


def _span(rule: Rule) -> str:
    since = f"from {rule.from_.isoformat()}" if rule.from_ else ""
    until = f"before {rule.until.isoformat()}" if rule.until else ""
    return ", ".join(filter(None, (since, until))) or _OPEN


def _doubt(rule: Rule) -> str:
    return "" if rule.confirmed else " (**unconfirmed**)"


def _window(window: Window | None) -> str:
    if window is None:
        return "none"
    if window == Window(time.min, time.max):
        return "any time"
    return f"{window.start:%H:%M}-{window.end:%H:%M}"


def _cap(cap: Cap | None) -> str:
    if cap is None:
        return _OPEN
    return f"{cap.messages} in {cap.hours} h{', each subject' if cap.per_subject else ''}"
