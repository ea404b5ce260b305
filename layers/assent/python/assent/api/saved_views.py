"""Saved views of the contacts: each user has their own."""

from aws_lambda_powertools.event_handler.router import APIGatewayHttpRouter
from pydantic import BaseModel, ConfigDict, Field

from assent.accounts.model import Permission
from assent.api.context import member, services
from assent.api.views import Page
from assent.contacts.directory.model import Filter, Sort
from assent.contacts.saved_views import store
from assent.contacts.saved_views.model import SavedView
from assent.platform.errors import Conflict, FieldError, Invalid, NotFound
from assent.platform.ids import new_id

router = APIGatewayHttpRouter()  # type: ignore[no-untyped-call]
_TAGS = ["Saved views"]
_ALL = "/api/v1/saved-views"
_ONE = f"{_ALL}/<view_id>"
_MOST = 50


class ViewToSave(BaseModel):
    """A filter and an order, with the name that they are found by."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=60)
    filter: Filter = Filter()
    sort: Sort = Sort.NEWEST


@router.get(_ALL, summary="My saved views", tags=_TAGS)
def list_views() -> Page[SavedView]:
    """List the views that this user saved in this account."""
    person, account = member(router.current_event, Permission.CONTACTS_VIEW)
    return Page(items=store.views(account.id, person.user_id))


@router.post(_ALL, summary="Save a view", tags=_TAGS)
def save_view(wanted: ViewToSave) -> tuple[SavedView, int]:
    """Save a view; at most 50 for each user."""
    person, account = member(router.current_event, Permission.CONTACTS_VIEW)
    if len(store.views(account.id, person.user_id)) >= _MOST:
        raise Conflict("too_many_views", f"You have {_MOST} views. Delete one first.")
    now = services().clock.now()
    made = SavedView(
        id=new_id("vw", now),
        name=_name(wanted.name),
        filter=wanted.filter,
        sort=wanted.sort,
        created_at=now,
    )
    store.put_view(account.id, person.user_id, made)
    return made, 201


@router.put(_ONE, summary="Change a saved view", tags=_TAGS)
def change_view(view_id: str, wanted: ViewToSave) -> SavedView:
    """Give a view another name, filter or order."""
    person, account = member(router.current_event, Permission.CONTACTS_VIEW)
    found = _found(account.id, person.user_id, view_id)
    changed = found.model_copy(
        update={"name": _name(wanted.name), "filter": wanted.filter, "sort": wanted.sort}
    )
    store.put_view(account.id, person.user_id, changed)
    return changed


@router.delete(_ONE, summary="Delete a saved view", tags=_TAGS)
def delete_view(view_id: str) -> SavedView:
    """Delete a view, and return what it was."""
    person, account = member(router.current_event, Permission.CONTACTS_VIEW)
    found = _found(account.id, person.user_id, view_id)
    store.delete_view(account.id, person.user_id, view_id)
    return found


def _found(account_id: str, user_id: str, view_id: str) -> SavedView:
    found = store.view(account_id, user_id, view_id)
    if found is None:
        raise NotFound("unknown_view", "You have no such view.")
    return found


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        message = "Give the view a name."
        field = FieldError(field="name", code="length", message=message)
        raise Invalid("invalid_name", message, fields=[field])
    return name
