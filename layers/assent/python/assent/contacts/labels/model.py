"""Labels: what they are, with no input or output."""

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from assent.platform.queues import Command

MOST_LABELS = 100
"""Labels of one account: they are shown, and counted, on one page."""
MOST_ON_CONTACT = 50
LONGEST_NAME = 50


class Colour(StrEnum):
    """The colours that a label may have; how they look is the console's affair."""

    GREY = "grey"
    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    GREEN = "green"
    TEAL = "teal"
    BLUE = "blue"
    VIOLET = "violet"
    PINK = "pink"


class Label(BaseModel):
    """A label of one account."""

    model_config = ConfigDict(frozen=True)

    id: str
    account_id: str
    name: str
    colour: Colour = Colour.GREY
    created_at: datetime
    # It is being taken off its contacts, for another label or for none: nobody gets it any more.
    leaving: bool = False
    merged_into: str = ""


class ClearLabel(Command):
    """Take a label that is leaving off its contacts, and then away; safe to repeat.

    Given once more when it is gone, it finds those who got the label from somebody who had looked
    at it before.
    """

    account_id: str
    label_id: str
    merged_into: str = ""
