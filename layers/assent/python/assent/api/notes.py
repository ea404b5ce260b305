"""Internal notes about a contact."""

from datetime import datetime

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict

from assent.accounts.model import Permission, Role
from assent.api.context import member, services
from assent.api.profiles import person
from assent.contacts import service
from assent.contacts.history import service as history
from assent.contacts.history.model import Entry

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
_PATH = "/api/v1/contacts/<contact_id>/notes"
_TAGS = ["Contacts"]
_ANY_AUTHOR = (Role.ADMIN, Role.OWNER)


class NoteText(BaseModel):
    """What a note says."""

    model_config = ConfigDict(extra="forbid")

    text: str


class NoteView(BaseModel):
    """A note with its author, its time, and when it was edited last."""

    id: str
    at: datetime
    by: str
    text: str
    edited_at: datetime | None

    @classmethod
    def of(cls, note: Entry) -> "NoteView":
        """Show a note."""
        return cls(**note.model_dump(include=set(cls.model_fields)))


@router.post(_PATH, summary="Write a note", tags=_TAGS)
def add_note(contact_id: str, note: NoteText) -> tuple[NoteView, int]:
    """Write a note about a contact; the contact never sees it."""
    who, account = member(router.current_event, Permission.CONTACTS_EDIT)
    contact = service.contact(account.id, contact_id)
    made = history.add_note(account.id, contact, note.text, person(who), services().clock)
    return NoteView.of(made), 201


@router.patch(f"{_PATH}/<note_id>", summary="Edit a note", tags=_TAGS)
def edit_note(contact_id: str, note_id: str, note: NoteText) -> NoteView:
    """Edit a note of one's own; that it was edited stays to be seen."""
    who, account = member(router.current_event, Permission.CONTACTS_EDIT)
    found = history.edit_note(
        account.id, contact_id, note_id, note.text, person(who), services().clock
    )
    return NoteView.of(found)


@router.delete(f"{_PATH}/<note_id>", summary="Delete a note", tags=_TAGS)
def delete_note(contact_id: str, note_id: str) -> tuple[None, int]:
    """Delete a note of one's own; administrators delete anybody's."""
    who, account = member(router.current_event, Permission.CONTACTS_EDIT)
    any_author = who.role in _ANY_AUTHOR
    history.delete_note(account.id, contact_id, note_id, person(who), any_author=any_author)
    return None, 204
