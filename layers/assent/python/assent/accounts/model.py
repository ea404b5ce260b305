"""Accounts, users' roles and senders: what they are, and who may do what."""

from datetime import datetime
from enum import StrEnum
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, field_validator


class Role(StrEnum):
    """What a user is in one account."""

    OWNER = "owner"
    ADMIN = "admin"
    OPERATOR = "operator"
    VIEWER = "viewer"


class Permission(StrEnum):
    """One thing that a user may do."""

    CONTACTS_VIEW = "contacts.view"
    QUEUE_VIEW = "queue.view"
    QUEUE_MOVE = "queue.move"
    GROUPS_EDIT = "groups.edit"
    BROADCASTS_VIEW = "broadcasts.view"
    BROADCASTS_SEND = "broadcasts.send"
    INTEGRATIONS_EDIT = "integrations.edit"
    ACCOUNT_EDIT = "account.edit"
    CONTACTS_IMPORT = "contacts.import"
    OPT_OUTS_VIEW = "opt_outs.view"
    OPT_OUTS_EDIT = "opt_outs.edit"
    OPT_OUTS_IMPORT = "opt_outs.import"
    PROOF_EXPORT = "proof.export"
    CONTACTS_ERASE = "contacts.erase"
    SENDERS_EDIT = "senders.edit"
    CONTACTS_EDIT = "contacts.edit"
    CONTACTS_DELETE = "contacts.delete"
    CONTACTS_DELETE_ALL = "contacts.delete_all"
    CONTACTS_EXPORT = "contacts.export"


_VIEW = frozenset(
    {
        Permission.CONTACTS_VIEW,
        Permission.QUEUE_VIEW,
        Permission.BROADCASTS_VIEW,
        Permission.OPT_OUTS_VIEW,
    }
)
_OPERATE = _VIEW | {
    Permission.QUEUE_MOVE,
    Permission.GROUPS_EDIT,
    Permission.CONTACTS_IMPORT,
    Permission.BROADCASTS_SEND,
    Permission.OPT_OUTS_EDIT,
    Permission.PROOF_EXPORT,
    Permission.CONTACTS_EDIT,
    Permission.CONTACTS_DELETE,
}
_ADMINISTER = _OPERATE | {
    Permission.INTEGRATIONS_EDIT,
    Permission.ACCOUNT_EDIT,
    Permission.OPT_OUTS_IMPORT,
    Permission.CONTACTS_ERASE,
    Permission.SENDERS_EDIT,
    Permission.CONTACTS_DELETE_ALL,
    Permission.CONTACTS_EXPORT,
}

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.VIEWER: _VIEW,
    Role.OPERATOR: _OPERATE,
    Role.ADMIN: _ADMINISTER,
    Role.OWNER: frozenset(_ADMINISTER),
}
"""Who may do what. The API enforces this table and tells the console; nobody else decides."""


class Account(BaseModel):
    """A tenant."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str = Field(min_length=1, max_length=100)
    time_zone: str = "America/New_York"
    default_region: str = Field(default="US", pattern=r"^[A-Z]{2}$")
    terms_url: str = Field(default="", max_length=500, pattern=r"^(https://\S+)?$")
    privacy_url: str = Field(default="", max_length=500, pattern=r"^(https://\S+)?$")
    sender_id: str
    # STOP by text also ends calls, and START allows them again. Off: each channel for itself.
    stop_ends_calls: bool = False
    # What broadcasts do with who cannot be sent to now, where they say nothing themselves.
    quiet_hours: str = Field(default="defer", pattern=r"^(defer|drop|exempt)$")
    caps: str = Field(default="defer", pattern=r"^(defer|drop|exempt)$")

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError("is not a time zone; use a name such as America/Chicago")
        return zone


class AccountChange(BaseModel):
    """What an administrator may change of an account; what is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    name: str | None = Field(default=None, min_length=1, max_length=100)
    time_zone: str | None = None
    default_region: str | None = None
    terms_url: str | None = None
    privacy_url: str | None = None
    stop_ends_calls: bool | None = None
    quiet_hours: str | None = None
    caps: str | None = None


_DEAREST = 10_000_000  # micro-dollars: no segment and no minute costs more than ten dollars
_OPTIONAL = frozenset({"daily_cap", "segment_price_micros", "minute_price_micros"})
"""What a sender may be without."""


class KeywordReplies(StrEnum):
    """Who answers STOP, HELP and START: we, or the provider on its own."""

    PRODUCT = "product"
    PROVIDER = "provider"


class Sender(BaseModel):
    """An origination identity: the number that people see, which several accounts may share."""

    model_config = ConfigDict(frozen=True)

    id: str
    address: str
    # The account whose provider credentials it sends with, and who gets its unroutable messages.
    owner_id: str
    program_name: str = Field(min_length=1, max_length=60)
    help_text: str
    stop_text: str
    start_text: str
    support_contact: str = ""
    keyword_replies: KeywordReplies = KeywordReplies.PRODUCT
    # Carriers block numbers that are not registered with them; so do we.
    registered: bool = True
    messages_per_second: float = Field(default=1.0, gt=0, le=1_000)
    # The most messages of a day, where the carrier has such a limit; segments count.
    daily_cap: int | None = Field(default=None, gt=0)
    # Senders of one campaign share rate and cap, where the carrier counts so (10DLC).
    campaign: str = Field(default="", max_length=40, pattern=r"^[A-Za-z0-9_-]*$")
    # What the owner's contract says, all in; where it is not entered, the list price counts.
    segment_price_micros: int | None = Field(default=None, ge=0, le=_DEAREST)
    minute_price_micros: int | None = Field(default=None, ge=0, le=_DEAREST)


class SenderChange(BaseModel):
    """What the owning account may change of a sender; what is left out stays as it is.

    `null` takes the daily cap or a price away. Prices are in micro-dollars.
    """

    model_config = ConfigDict(extra="forbid")

    program_name: str | None = Field(default=None, min_length=1, max_length=60)
    help_text: str | None = Field(default=None, max_length=480)
    stop_text: str | None = Field(default=None, max_length=480)
    start_text: str | None = Field(default=None, max_length=480)
    support_contact: str | None = Field(default=None, max_length=200)
    keyword_replies: KeywordReplies | None = None
    registered: bool | None = None
    messages_per_second: float | None = Field(default=None, gt=0, le=1_000)
    daily_cap: int | None = Field(default=None, gt=0)
    campaign: str | None = Field(default=None, max_length=40, pattern=r"^[A-Za-z0-9_-]*$")
    segment_price_micros: int | None = Field(default=None, ge=0, le=_DEAREST)
    minute_price_micros: int | None = Field(default=None, ge=0, le=_DEAREST)

    def update(self) -> dict[str, object]:
        """Return what changes."""
        given = self.model_dump(exclude_unset=True)
        return {k: value for k, value in given.items() if value is not None or k in _OPTIONAL}


class JoinWord(BaseModel):
    """A word that people text to a sender to join a group of one account."""

    model_config = ConfigDict(frozen=True)

    sender_id: str
    word: str  # as the account wrote it
    folded: str  # as it is compared, and used once on a sender
    account_id: str
    group_id: str
    created_at: datetime


class Member(BaseModel):
    """A user's place in one account."""

    model_config = ConfigDict(frozen=True)

    user_id: str
    account_id: str
    role: Role
    name: str = ""
    email: str = ""

    def may(self, permission: Permission) -> bool:
        """Look the permission up in the one table."""
        return permission in PERMISSIONS[self.role]


class OwnPhone(BaseModel):
    """A phone that a user says is theirs, and since when that is known."""

    model_config = ConfigDict(frozen=True)

    user_id: str
    phone: str
    code_hash: str
    asked_at: datetime
    tries: int = 0
    verified_at: datetime | None = None


def sender_id(address: str) -> str:
    """Give the id of the sender with this address; any spelling of the number gives the same."""
    return "sn_" + "".join(character for character in address if character.isdigit())


class DeletionSwitch(BaseModel):
    """Whether contacts may be deleted: some at a time, and all of them or all that match.

    What is left open is decided elsewhere.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    delete: bool | None = None
    delete_all: bool | None = None


class DeletionRights(BaseModel):
    """Who may delete contacts, as administrators have switched it (C8).

    Off for the account is off for everybody. Otherwise what is set for the user counts, then what
    is set for the role, then the table of permissions.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    account: DeletionSwitch = DeletionSwitch()
    roles: dict[Role, DeletionSwitch] = {}
    users: dict[str, DeletionSwitch] = {}  # by the user's id

    def may(self, member: Member, permission: Permission) -> bool:
        """Look up whether a member may delete."""
        name = _SWITCHED[permission]
        if getattr(self.account, name) is False or member.role == Role.VIEWER:
            return False
        for one in (self.users.get(member.user_id), self.roles.get(member.role)):
            switched = getattr(one, name) if one else None
            if switched is not None:
                return bool(switched)
        return member.may(permission)

    def changed(self, wanted: "DeletionRights") -> "DeletionRights":
        """Switch what another one sets, be it to nothing; what that leaves out stays as it is."""

        def switched(held: DeletionSwitch | None, one: DeletionSwitch) -> DeletionSwitch:
            given = one.model_dump(include=one.model_fields_set)
            return (held or DeletionSwitch()).model_copy(update=given)

        return DeletionRights(
            account=switched(self.account, wanted.account),
            roles=self.roles
            | {role: switched(self.roles.get(role), one) for role, one in wanted.roles.items()},
            users=self.users
            | {user: switched(self.users.get(user), one) for user, one in wanted.users.items()},
        )

    def permissions(self, member: Member) -> frozenset[Permission]:
        """Say all that a member may do."""
        deleting = {one for one in _SWITCHED if self.may(member, one)}
        return (PERMISSIONS[member.role] - _SWITCHED.keys()) | deleting


_SWITCHED = {
    Permission.CONTACTS_DELETE: "delete",
    Permission.CONTACTS_DELETE_ALL: "delete_all",
}
"""What administrators can switch, and the switch's name."""
