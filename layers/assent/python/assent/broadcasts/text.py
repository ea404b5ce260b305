"""A broadcast's text: a template with the variables that every contact has."""

from functools import lru_cache

from pydantic import BaseModel, ConfigDict

from assent.accounts.model import Sender
from assent.consent.model import Channel
from assent.contacts.model import Contact, Recipient
from assent.messaging import spoken
from assent.sms import linter, templates
from assent.sms.segments import segment

VARIABLES = ("first_name", "last_name", "email", "custom")
_USUAL = {"first_name": "Alexandra", "last_name": "Montgomery", "email": "a.montgomery@example.com"}
"""Values of usual length, to say how long a copy will be before anybody is chosen."""


class TextProblem(BaseModel):
    """One thing that is wrong with a text, in plain words; `about` is a variable, or a host."""

    model_config = ConfigDict(frozen=True)

    code: str
    message: str
    about: str = ""


class Preview(BaseModel):
    """A text as somebody gets it, how networks cut it, and what is wrong with it.

    `problems` must be corrected; `warnings` should be, in the first message of a programme. `said`
    is a whole call as it is heard, line by line, of which the text is one; nothing for a text.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    said: list[str] = []
    encoding: str
    segments: int
    units: int
    left: int
    forced_by: list[str]
    problems: list[TextProblem]
    warnings: list[TextProblem]


def problem(source: str, program_name: str, channel: Channel = Channel.SMS) -> TextProblem | None:
    """Name the first thing that is wrong with a text."""
    try:
        templates.compile(source, allowed=VARIABLES)
    except templates.TemplateError as error:
        return _broken(error)
    return next(iter(_findings(source, linter.TextKind.later, program_name, channel)), None)


def _broken(error: templates.TemplateError) -> TextProblem:
    return TextProblem(code=error.code, message=str(error), about=error.variable or "")


def _findings(
    text: str, kind: linter.TextKind, program_name: str, channel: Channel
) -> list[TextProblem]:
    return [
        TextProblem(code=found.code, message=f"{found.message} {found.advice}", about=found.about)
        for found in linter.lint(text, kind, program_name=program_name)
        # Who calls and how to end the calls is said around the text, and carriers read no calls.
        if channel == Channel.SMS or found.code == linter.FindingCode.empty
    ]


def preview(source: str, sender: Sender, channel: Channel, contact: Contact | None) -> Preview:
    """Show a text, or a call, as a contact gets it, or as somebody with usual names would."""
    program_name = sender.program_name
    problems = _findings(source, linter.TextKind.later, program_name, channel)
    text = source
    try:
        compiled = templates.compile(source, allowed=VARIABLES)
        text = fill_in(compiled, contact) if contact else compiled.render(_usual(compiled))
    except templates.TemplateError as error:
        problems = [_broken(error), *(one for one in problems if one.code != error.code)]
    cut = segment(text)
    return Preview(
        text=text,
        said=spoken.message(sender, text) if channel == Channel.VOICE else [],
        encoding=cut.encoding,
        segments=len(cut.parts),
        units=cut.units,
        left=cut.left,
        forced_by=list(cut.forced_by),
        problems=problems,
        warnings=_findings(text, linter.TextKind.first_broadcast, program_name, channel),
    )


def usual_segments(source: str) -> int:
    """Say how many messages a copy usually counts as; at least one."""
    return max(1, len(segment(usual_text(source)).parts))


def usual_text(source: str) -> str:
    """Fill a text in with values of usual length; empty where that cannot be done."""
    try:
        compiled = templates.compile(source, allowed=VARIABLES)
        return compiled.render(_usual(compiled))
    except templates.TemplateError:
        return ""


def _usual(compiled: templates.Template) -> dict[str, object]:
    custom = {name.partition(".")[2]: "something" for name in compiled.variables if "." in name}
    return {**_USUAL, "custom": custom}


@lru_cache(maxsize=32)
def template_of(source: str) -> templates.Template:
    """Compile a text that was checked before, once for all chunks of its broadcast."""
    return templates.compile(source)


def fill_in(template: templates.Template, contact: Recipient) -> str:
    """Write the text for one contact; raises `TemplateError` where a value is missing."""
    return template.render(
        {
            "first_name": contact.first_name,
            "last_name": contact.last_name,
            "email": contact.email,
            "custom": contact.custom,
        }
    )
