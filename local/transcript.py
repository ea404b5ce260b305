"""The main job, played once with three phones, over HTTP alone."""

from __future__ import annotations

import time
from collections.abc import Callable

import httpx

from local import function_logs, phone_numbers
from local.layout import read_json, write_json
from local.play import PEOPLE, Play
from local.play_client import Browser, CheckFailed
from local.progress import Progress
from local.scenes import channels, leads, texts
from local.seed import Demo
from local.stack import Stack

_SCENES: tuple[Callable[[Play], None], ...] = (
    *leads.SCENES,
    *texts.SCENES,
    *channels.SCENES,
)


def play(stack: Stack, demo: Demo, progress: Progress) -> bool:
    """Play the main job; prints the transcript and returns whether every check held."""
    layout = stack.layout
    number = read_json(layout.state / "play.json").get("plays", 0) + 1
    write_json(
        layout.state / "play.json", read_json(layout.state / "play.json") | {"plays": number}
    )
    last = phone_numbers.COUNT - 1
    phones = [
        phone_numbers.fictional(last - len(PEOPLE) * (number - 1) - i) for i in range(len(PEOPLE))
    ]
    browser = Browser(stack.ports.front_url)
    the_play = Play(browser, demo, layout, progress, number, phones)
    progress.say()
    progress.say("  The main job, played with three phones")
    began = time.monotonic()
    try:
        for scene in _SCENES:
            scene(the_play)
        _count_again(the_play)
    except (CheckFailed, httpx.HTTPError, KeyError) as error:
        _explain(error, stack, progress)
        return False
    finally:
        browser.close()
    held = stack.memory()
    memory = f", the stack holds {held / 1e6:.0f} MB" if held else ""
    progress.say(
        f"\n  ✓ All {the_play.steps} steps hold. {time.monotonic() - began:.1f} s{memory}."
    )
    return True


def _count_again(the: Play) -> None:
    with the.step("Nothing arrives afterwards that should not"):
        time.sleep(1)
        texts_of = [len(the.browser.received(number)) for number in the.phones]
        # Ana: compliance, two broadcasts, one answer. Ben: two compliance messages, two broadcasts,
        # two answers. Chloe: compliance, two broadcasts.
        the.check(texts_of == [4, 6, 3], "4, 6 and 3 texts in all, each accounted for", texts_of)
        calls_of = [len(the.calls(number).all()) for number in the.phones]
        the.check(calls_of == [2, 1, 0], "2, 1 and 0 calls", calls_of)


def _explain(error: Exception, stack: Stack, progress: Progress) -> None:
    """Say what did not hold, what the functions said, and where more is written."""
    name = "" if isinstance(error, CheckFailed) else f"{type(error).__name__}: "
    progress.say(f"     ✗ {name}{error}")
    told = function_logs.collect(stack.layout, stack.ports)
    for line in told[-5:]:
        progress.say(f"  | {line[:400]}")
    progress.say(f"  Functions' logs: {stack.layout.logs / 'functions.log'}")
    progress.say(f"  Webhooks:        {stack.ports.front_url}/phone/api/webhooks")
