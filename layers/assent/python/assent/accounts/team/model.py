"""Users of an account, what may be changed of them and by whom, and the changes that were made."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from assent.accounts.model import PERMISSIONS, Permission, Role


class TeamMember(BaseModel):
    """A user of an account, found from the account; name and address are those of the token."""

    model_config = ConfigDict(frozen=True)

    user_id: str
    role: Role
    name: str = ""
    email: str = ""

    @property
    def administers(self) -> bool:
        """Tell whether this user may change the account, and so its users."""
        return Permission.ACCOUNT_EDIT in PERMISSIONS[self.role]


class Switched(StrEnum):
    """How an administrator left a switch."""

    DEFAULT = "default"  # as the role, or the table of permissions, has it
    ON = "on"
    OFF = "off"

    @classmethod
    def of(cls, value: bool | None) -> "Switched":
        """Name what a switch holds."""
        return cls.DEFAULT if value is None else cls.ON if value else cls.OFF

    @property
    def value_of(self) -> bool | None:
        """Return what a switch holds when it is left like this."""
        return None if self is Switched.DEFAULT else self is Switched.ON


class UserChange(BaseModel):
    """What an administrator may change of a user; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    role: Role | None = None
    delete: Switched | None = None
    delete_all: Switched | None = None


class What(StrEnum):
    """What was changed."""

    ROLE = "role"
    REMOVED = "removed"
    DELETE = "delete"
    DELETE_ALL = "delete_all"


class Whose(StrEnum):
    """Of whom it was changed."""

    USER = "user"
    ROLE = "role"
    ACCOUNT = "account"


class TeamChange(BaseModel):
    """One change that was made: who, what, of whom, and both values."""

    model_config = ConfigDict(frozen=True)

    id: str
    at: datetime
    by: str  # the user's id
    by_name: str
    what: What
    whose: Whose
    subject: str = ""  # the user's id, or the role
    subject_name: str = ""
    before: str = ""
    after: str = ""


class Fixed(StrEnum):
    """Why a user's role stays as it is."""

    LAST_ADMINISTRATOR = "last_administrator"
    LAST_OWNER = "last_owner"
    OWNERS_ONLY = "owners_only"


def fixed(actor: TeamMember, target: TeamMember, team: Sequence[TeamMember]) -> Fixed | None:
    """Say why this actor cannot take a user's role away, or nothing when they can.

    Owners are made and unmade by owners, and an account that has an owner keeps one. One that has
    none keeps an administrator: otherwise nobody could ever change anything again.
    """
    others = [one for one in team if one.user_id != target.user_id]
    if target.role == Role.OWNER:
        if actor.role != Role.OWNER:
            return Fixed.OWNERS_ONLY
        if not any(one.role == Role.OWNER for one in others):
            return Fixed.LAST_OWNER
    if target.administers and not any(one.administers for one in others):
        return Fixed.LAST_ADMINISTRATOR
    return None


def assignable(actor: TeamMember, target: TeamMember, team: Sequence[TeamMember]) -> list[Role]:
    """List the roles that this actor can give to a user, the one it has among them."""
    if fixed(actor, target, team):
        return [role for role in Role if role == target.role or _rises(actor, target, role)]
    return [role for role in Role if role != Role.OWNER or actor.role == Role.OWNER]


def _rises(actor: TeamMember, target: TeamMember, role: Role) -> bool:
    """Tell whether an owner makes the last administrator an owner, which takes nothing away."""
    return (role, actor.role) == (Role.OWNER, Role.OWNER) and target.role == Role.ADMIN
