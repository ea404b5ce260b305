"""Contacts made and edited by hand, with their labels and the favourites' star."""

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter

from assent.accounts.model import Account, Member, Permission
from assent.api.contacts import view
from assent.api.context import member, services
from assent.api.views import ContactView
from assent.contacts import service
from assent.contacts.history.model import Person
from assent.contacts.labels import service as labels
from assent.contacts.model import Contact, FinishRenumbering
from assent.contacts.profile import tags
from assent.contacts.profile.model import NewContact, ProfileChange
from assent.contacts.refusals import erased

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
_PATH = "/api/v1/contacts/<contact_id>"
_TAGS = ["Contacts"]
_LATER = 30  # seconds, longer than a request may take


def person(who: Member) -> Person:
    """Name the signed-in person as the history does."""
    return Person(id=who.user_id, name=who.name)


@router.post("/api/v1/contacts", summary="Make a contact", tags=_TAGS)
def create_contact(contact: NewContact) -> tuple[ContactView, int]:
    """Make a contact by hand, outside the opt-in queue; 409 with `contact_id` when it is known."""
    who, account = member(router.current_event, Permission.CONTACTS_EDIT)
    made = services().profiles.create(account, contact, person(who))
    return view(account, made), 201


@router.patch(_PATH, summary="Edit a contact", tags=_TAGS)
def edit_contact(contact_id: str, change: ProfileChange) -> ContactView:
    """Edit a profile as it was read at `version`.

    409 `edited_meanwhile` says who was faster (`by`), when (`at`), and how it stands (`current`).
    With another number its status is none, and the old number's opt-out stays.
    """
    who, account = member(router.current_event, Permission.CONTACTS_EDIT)
    service.contact(account.id, contact_id)
    if change.phone is not None:
        # From here on memberships follow the number, whatever becomes of this process.
        finish = FinishRenumbering(account_id=account.id, renumbered_id=contact_id)
        services().commands.send(finish, _LATER)
    return view(account, services().profiles.edit(account, contact_id, change, person(who)))


@router.put(f"{_PATH}/favourite", summary="Make a favourite", tags=_TAGS)
def add_favourite(contact_id: str) -> ContactView:
    """Mark a contact as a favourite; doing it again changes nothing."""
    return _favourite(contact_id, on=True)


@router.delete(f"{_PATH}/favourite", summary="No favourite any more", tags=_TAGS)
def remove_favourite(contact_id: str) -> ContactView:
    """Take the favourites' star away; doing it again changes nothing."""
    return _favourite(contact_id, on=False)


def _favourite(contact_id: str, *, on: bool) -> ContactView:
    _, account = member(router.current_event, Permission.CONTACTS_EDIT)
    service.contact(account.id, contact_id)
    return _shown(account, tags.set_favourite(account.id, contact_id, on=on))


@router.put(f"{_PATH}/labels/<label_id>", summary="Label a contact", tags=_TAGS)
def add_label(contact_id: str, label_id: str) -> ContactView:
    """Give a contact a label; doing it again changes nothing."""
    _, account = member(router.current_event, Permission.CONTACTS_EDIT)
    service.contact(account.id, contact_id)
    labels.label(account.id, label_id)
    return _shown(account, labels.relabel(account.id, contact_id, add={label_id}))


@router.delete(f"{_PATH}/labels/<label_id>", summary="Take a label off a contact", tags=_TAGS)
def remove_label(contact_id: str, label_id: str) -> ContactView:
    """Take a label off a contact; doing it again changes nothing."""
    _, account = member(router.current_event, Permission.CONTACTS_EDIT)
    service.contact(account.id, contact_id)
    return _shown(account, labels.relabel(account.id, contact_id, remove={label_id}))


def _shown(account: Account, contact: Contact | None) -> ContactView:
    if contact is None:
        raise erased()
    return view(account, contact)
