"""Saved views: what they are, with no input or output."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from assent.contacts.directory.model import Filter, Sort


class SavedView(BaseModel):
    """A filter and an order of contacts by a name; one user's in one account."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str = Field(min_length=1, max_length=60)
    filter: Filter
    sort: Sort
    created_at: datetime
