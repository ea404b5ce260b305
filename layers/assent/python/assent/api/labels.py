"""Labels: list, make, rename, merge, delete."""

from datetime import datetime
from typing import Annotated

from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict

from assent.accounts.model import Permission
from assent.api.context import member, services
from assent.api.views import CountView, Page
from assent.contacts.labels import service as labels
from assent.contacts.labels import store
from assent.contacts.labels.model import ClearLabel, Colour, Label

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
_PATH = "/api/v1/labels/<label_id>"
_TAGS = ["Labels"]
_COUNT_BOUND = 999
_LATER = 30  # seconds, longer than a request may take


class NewLabel(BaseModel):
    """A label to be made."""

    model_config = ConfigDict(extra="forbid")

    name: str
    colour: Colour = Colour.GREY


class LabelChange(BaseModel):
    """What is to change of a label; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = None
    colour: Colour | None = None


class Merge(BaseModel):
    """The label that takes another one's place."""

    model_config = ConfigDict(extra="forbid")

    into: str


class LabelView(BaseModel):
    """A label; `contacts` is there when counts were asked for."""

    id: str
    name: str
    colour: Colour
    created_at: datetime
    contacts: CountView | None = None

    @classmethod
    def of(cls, label: Label, count: CountView | None = None) -> "LabelView":
        """Show a label."""
        shown = label.model_dump(include={"id", "name", "colour", "created_at"})
        return cls(**shown, contacts=count)


class LabelLeaving(BaseModel):
    """A label that nobody has any more, or soon; `done` says which."""

    id: str
    done: bool


@router.get("/api/v1/labels", summary="Labels", tags=_TAGS)
def list_labels(
    counts: Annotated[bool, Query(description="Count the contacts of each.")] = False,
) -> Page[LabelView]:
    """List the account's labels (at most 100), oldest first; counting stops at 999."""
    _, account = member(router.current_event, Permission.CONTACTS_VIEW)
    return Page(items=[_view(one, counted=counts) for one in labels.labels(account.id)])


def _view(label: Label, *, counted: bool) -> LabelView:
    if not counted:
        return LabelView.of(label)
    found = store.labelled_count(label.account_id, label.id, _COUNT_BOUND + 1)
    return LabelView.of(label, CountView.up_to(_COUNT_BOUND, found))


@router.post("/api/v1/labels", summary="Make a label", tags=_TAGS)
def create_label(label: NewLabel) -> tuple[LabelView, int]:
    """Make a label; 409 when there is one by that name, in any spelling."""
    _, account = member(router.current_event, Permission.CONTACTS_EDIT)
    made = labels.create(account.id, label.name, label.colour, services().clock)
    return LabelView.of(made), 201


@router.patch(_PATH, summary="Rename a label", tags=_TAGS)
def change_label(label_id: str, change: LabelChange) -> LabelView:
    """Rename a label, or give it another colour."""
    _, account = member(router.current_event, Permission.CONTACTS_EDIT)
    return LabelView.of(labels.change(account.id, label_id, change.name, change.colour))


@router.post(f"{_PATH}/merge", summary="Merge a label into another", tags=_TAGS)
def merge_label(label_id: str, merge: Merge) -> tuple[LabelLeaving, int]:
    """Give all contacts of a label another one in its place; many follow in the background."""
    return _remove(label_id, merge.into)


@router.delete(_PATH, summary="Delete a label", tags=_TAGS)
def delete_label(label_id: str) -> tuple[LabelLeaving, int]:
    """Take a label off all contacts and away; many follow in the background."""
    return _remove(label_id, "")


def _remove(label_id: str, into: str) -> tuple[LabelLeaving, int]:
    _, account = member(router.current_event, Permission.CONTACTS_EDIT)
    labels.label(account.id, label_id, leaving=True)
    command = ClearLabel(account_id=account.id, label_id=label_id, merged_into=into)
    # Before the label leaves: from then on nobody sees it who could ask again.
    for delay in (_LATER, labels.SWEPT_AFTER):
        services().commands.send(command, delay)
    labels.begin_removal(account.id, label_id, into)
    return LabelLeaving(id=label_id, done=labels.clear(command, labels.AT_ONCE)), 202
