"""Reads what a call is told to do: the part of Twilio's markup (TwiML) that the product speaks."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

_PAUSE, _GATHER = 1.0, 5.0


class MarkupError(ValueError):
    """An answer that is no markup, or asks for what this carrier cannot do."""


@dataclass(frozen=True)
class Say:
    """Words to be spoken."""

    text: str


@dataclass(frozen=True)
class Pause:
    """Silence, in seconds."""

    seconds: float


@dataclass(frozen=True)
class Gather:
    """Words during which, and `seconds` after which, one key is waited for."""

    action: str
    seconds: float
    words: list[Say | Pause] = field(default_factory=list)


@dataclass(frozen=True)
class Hangup:
    """The end of the call."""


Verb = Say | Pause | Gather | Hangup


def read(text: str) -> list[Verb]:
    """Return what the markup asks for, in order; raises `MarkupError`."""
    if "<!" in text:
        raise MarkupError("It declares entities or a document type.")
    try:
        root = ET.fromstring(text)  # noqa: S314 - no declarations, looked at above
    except ET.ParseError as error:
        raise MarkupError(f"It is no XML: {error}.") from None
    if root.tag != "Response":
        raise MarkupError("Its root is not Response.")
    return [_verb(element) for element in root]


def _verb(element: ET.Element) -> Verb:
    match element.tag:
        case "Hangup":
            return Hangup()
        case "Gather":
            return _gather(element)
    return _words(element)


def _words(element: ET.Element) -> Say | Pause:
    match element.tag:
        case "Say":
            return Say(" ".join("".join(element.itertext()).split()))
        case "Pause":
            return Pause(float(element.get("length", _PAUSE)))
    raise MarkupError(f"It asks for {element.tag}.")


def _gather(element: ET.Element) -> Gather:
    action = element.get("action")
    if not action or element.get("numDigits") != "1" or element.get("input", "dtmf") != "dtmf":
        raise MarkupError("It gathers something else than one key, or reports it nowhere.")
    seconds = float(element.get("timeout", _GATHER))
    return Gather(action, seconds, [_words(child) for child in element])
