"""What the console of a browser complains of: errors, refused contents, exceptions."""

from __future__ import annotations

from playwright.sync_api import BrowserContext, ConsoleMessage, WebError


class Complaints:
    """Everything that went wrong on any page of a test, and what of it was meant to."""

    def __init__(self) -> None:
        self._heard: list[str] = []
        self._expected: list[str] = []

    def listen_to(self, context: BrowserContext) -> None:
        """Hear every page of this context, also those that it opens later."""
        context.on("console", self._hear)
        context.on("weberror", self._hear_exception)

    def expect(self, part: str) -> None:
        """Accept what contains `part`: the test provokes it."""
        self._expected.append(part)

    def unexpected(self) -> list[str]:
        """Return what nobody asked for."""
        return [said for said in self._heard if not any(part in said for part in self._expected)]

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._heard.append(f"{message.text} ({message.location['url']})")

    def _hear_exception(self, error: WebError) -> None:
        self._heard.append(f"uncaught: {error.error}")
