"""A broadcast's text: a template with the variables that every contact has."""

from assent.contacts.model import Contact
from assent.sms import linter, templates

VARIABLES = ("first_name", "last_name", "email", "custom")


def problem(source: str, program_name: str) -> tuple[str, str] | None:
    """Name the first thing that is wrong with a text: its code and plain words."""
    try:
        templates.compile(source, allowed=VARIABLES)
    except templates.TemplateError as error:
        return error.code, str(error)
    for finding in linter.lint(source, linter.TextKind.later, program_name=program_name):
        return finding.code, f"{finding.message} {finding.advice}"
    return None


def fill_in(template: templates.Template, contact: Contact) -> str:
    """Write the text for one contact; raises `TemplateError` where a value is missing."""
    return template.render(
        {
            "first_name": contact.first_name,
            "last_name": contact.last_name,
            "email": contact.email,
            "custom": contact.custom,
        }
    )
