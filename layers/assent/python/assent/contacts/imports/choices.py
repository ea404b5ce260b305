"""What an operator chooses for an import of contacts."""

import hashlib
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from assent.consent.model import Channel
from assent.contacts.imports.columns import FOUND_OUT, Reading
from assent.contacts.imports.model import Import


class Existing(StrEnum):
    """What becomes of a row whose number is a contact's already. Consent is never taken from it."""

    SKIP = "skip"  # the row is left out, and stands in the error file
    JOIN = "join"  # the contact stays as it is, and joins the group
    UPDATE = "update"  # the contact joins the group and takes over what the row says


class Proof(BaseModel):
    """How the people of a file agreed, and who says so."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    text: str = Field(min_length=10, max_length=2000)
    attested_by: str = Field(min_length=1, max_length=100)
    channels: list[Channel] = Field(min_length=1, max_length=2)

    @property
    def sha256(self) -> str:
        """The hash by which evidence names the text."""
        return hashlib.sha256(self.text.encode()).hexdigest()


class Choices(BaseModel):
    """Everything that is chosen for an import of contacts."""

    model_config = ConfigDict(frozen=True)

    reading: Reading = FOUND_OUT
    group_id: str = ""
    new_group: str = ""  # the name of a group that is made when the import is carried out
    existing: Existing = Existing.SKIP
    # Without it nobody is subscribed: the status of new contacts is `none`.
    proof: Proof | None = None

    @classmethod
    def of(cls, job: Import) -> "Choices":
        """Read what was chosen for an import."""
        return cls.model_validate(job.options)

    def kept(self) -> dict[str, object]:
        """Write it down with the import."""
        return self.model_dump(mode="json")

    @property
    def channels(self) -> list[Channel]:
        """The channels that the import is about: those agreed to, or all where none are."""
        return self.proof.channels if self.proof else list(Channel)
