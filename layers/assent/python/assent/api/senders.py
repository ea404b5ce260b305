"""Senders: how they are set up, and the words by which people join through them."""

from datetime import datetime
from urllib.parse import unquote

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field

from assent.accounts.model import Account, JoinWord, Permission, SenderChange
from assent.accounts.senders import SenderService
from assent.api import broadcasts
from assent.api.context import member, services
from assent.api.views import Page, SenderView
from assent.contacts.groups import service as group_service
from assent.contacts.groups import store as group_store
from assent.platform.errors import FieldError, Invalid

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]


class NewJoinWord(BaseModel):
    """A word to be registered, and the group that it leads to."""

    model_config = ConfigDict(extra="forbid")

    word: str = Field(max_length=100)
    group_id: str


class JoinWordView(BaseModel):
    """A word that people text to join a group."""

    word: str
    group_id: str
    group_name: str
    created_at: datetime

    @classmethod
    def of(cls, word: JoinWord, names: dict[str, str]) -> "JoinWordView":
        """Show a word with the name of its group."""
        return cls(
            word=word.word,
            group_id=word.group_id,
            group_name=names.get(word.group_id, ""),
            created_at=word.created_at,
        )


def service() -> SenderService:
    """Compose the service from what is remembered of accounts."""
    common = services()
    return SenderService(clock=common.clock, accounts=common.accounts)


@router.get("/api/v1/senders", summary="Senders", tags=["Senders"])
def list_senders() -> Page[SenderView]:
    """List the account's senders."""
    _, account = member(router.current_event, Permission.QUEUE_VIEW)
    found = services().accounts.senders_of(account.id)
    return Page(items=[SenderView.of(sender, account) for sender in found])


@router.patch("/api/v1/senders/<sender_id>", summary="Change a sender", tags=["Senders"])
def change_sender(sender_id: str, change: SenderChange) -> SenderView:
    """Change a sender; only its owner may. A text without what it must say is refused."""
    _, account = member(router.current_event, Permission.SENDERS_EDIT)
    changed = service().change(account.id, sender_id, change)
    # It holds at once, for broadcasts on their way too.
    if change.daily_cap is not None or change.messages_per_second is not None:
        broadcasts.service().lanes.look_again(changed)
    return SenderView.of(changed, account)


@router.get("/api/v1/senders/<sender_id>/join-words", summary="JOIN words", tags=["Senders"])
def list_join_words(sender_id: str) -> Page[JoinWordView]:
    """List the account's own JOIN words on a sender."""
    _, account = member(router.current_event, Permission.SENDERS_EDIT)
    found = service().words(account.id, sender_id)
    names = _names(account) if found else {}
    return Page(items=[JoinWordView.of(word, names) for word in found])


@router.post("/api/v1/senders/<sender_id>/join-words", summary="Add a JOIN word", tags=["Senders"])
def add_join_word(sender_id: str, new: NewJoinWord) -> tuple[JoinWordView, int]:
    """Register a word that leads to a group; 409 when the sender has it already."""
    _, account = member(router.current_event, Permission.SENDERS_EDIT)
    sender = services().accounts.sender_for(account.id, sender_id)
    group = group_service.group(account.id, new.group_id)
    if group.sender_id != sender.id:
        message = "This group is reached from another sender. Choose a group of this sender."
        raise Invalid(
            "wrong_sender",
            message,
            fields=[FieldError(field="group_id", code="wrong_sender", message=message)],
        )
    made = service().add_word(account.id, sender_id, new.word, group.id)
    return JoinWordView.of(made, {group.id: group.name}), 201


@router.delete(
    "/api/v1/senders/<sender_id>/join-words/<word>",
    summary="Take a JOIN word away",
    tags=["Senders"],
)
def end_join_word(sender_id: str, word: str) -> JoinWordView:
    """Take one of the account's own words off a sender, within 10 seconds; returns it."""
    _, account = member(router.current_event, Permission.SENDERS_EDIT)
    ended = service().end_word(account.id, sender_id, unquote(word))
    return JoinWordView.of(ended, _names(account))


def _names(account: Account) -> dict[str, str]:
    return {group.id: group.name for group in group_store.groups(account.id)}
