"""Users of an account in the `accounts` table: from both sides, and the changes of them."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from pynamodb.attributes import (
    JSONAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.expressions.condition import Condition

from assent.accounts.model import DeletionRights, Member, Role
from assent.accounts.team.model import TeamChange, TeamMember
from assent.platform.tables import (
    ConditionFailed,
    Contention,
    Record,
    Stretch,
    Transaction,
    along,
    get,
)

_DELETION = "deletion"
_TEAM = "team"


class MemberRecord(Record):
    """`user#<sub>` / `account#<ac>`: the one key that begins with the user, not the account."""

    class Meta:
        table_name = "accounts_table"

    role = UnicodeAttribute()
    name = UnicodeAttribute(default="")
    email = UnicodeAttribute(default="")


class AccountMemberRecord(Record):
    """`account#<ac>` / `user#<sub>`: the same, to be found from the account."""

    class Meta:
        table_name = "accounts_table"

    role = UnicodeAttribute()
    name = UnicodeAttribute(default="")
    email = UnicodeAttribute(default="")


class TeamRecord(Record):
    """`account#<ac>` / `team`: the version of an account's users and switches."""

    class Meta:
        table_name = "accounts_table"

    version = NumberAttribute()


class TeamChangeRecord(Record):
    """`account#<ac>#changes` / `<ch>`: a change of users or switches that was made."""

    class Meta:
        table_name = "accounts_table"

    at = UTCDateTimeAttribute()
    by = UnicodeAttribute()
    by_name = UnicodeAttribute(default="")
    what = UnicodeAttribute()
    whose = UnicodeAttribute()
    subject = UnicodeAttribute(default="")
    subject_name = UnicodeAttribute(default="")
    before = UnicodeAttribute(default="")
    after = UnicodeAttribute(default="")


class DeletionRightsRecord(Record):
    """`account#<ac>` / `deletion`: who may delete contacts, where an administrator switched it."""

    class Meta:
        table_name = "accounts_table"

    rights = JSONAttribute()


def _account_key(account_id: str) -> str:
    return f"account#{account_id}"


def _user_key(user_id: str) -> str:
    return f"user#{user_id}"


def members_of(user_id: str) -> list[Member]:
    """List the accounts that a user works in, oldest account first."""
    return [
        Member(
            user_id=user_id,
            account_id=record.sk.removeprefix("account#"),
            role=Role(record.role),
            name=record.name,
            email=record.email,
        )
        for record in MemberRecord.query(
            _user_key(user_id), MemberRecord.sk.startswith(_account_key(""))
        )
    ]


def team(account_id: str) -> list[TeamMember]:
    """List an account's users, strongly consistent."""
    prefix = _user_key("")
    return [
        TeamMember(
            user_id=record.sk.removeprefix(prefix),
            role=Role(record.role),
            name=record.name,
            email=record.email,
        )
        for record in AccountMemberRecord.query(
            _account_key(account_id),
            AccountMemberRecord.sk.startswith(prefix),
            consistent_read=True,
        )
    ]


def version(account_id: str) -> int:
    """Read the version of an account's users and switches, strongly consistent."""
    record = get(TeamRecord, _account_key(account_id), _TEAM, consistent=True)
    return int(record.version) if record else 0


def deletion_rights(account_id: str) -> DeletionRights:
    """Read who may delete contacts, strongly consistent: switched off is off at once."""
    record = get(DeletionRightsRecord, _account_key(account_id), _DELETION, consistent=True)
    return DeletionRights.model_validate(record.rights) if record else DeletionRights()


def put_member(member: Member) -> None:
    """Give a user a role in an account, or change it, whatever it was."""
    values = member.model_dump(include={"name", "email"}) | {"role": member.role.value}
    account, user = _account_key(member.account_id), _user_key(member.user_id)
    transaction = Transaction()
    transaction.put("member", MemberRecord(user, account, **values))
    transaction.put("of account", AccountMemberRecord(account, user, **values))
    transaction.update("version", TeamRecord(account, _TEAM), [TeamRecord.version.add(1)])
    transaction.commit()


def introduce(member: Member) -> None:
    """Keep the name and address that a user's token shows; a role changed meanwhile stays."""
    account, user = _account_key(member.account_id), _user_key(member.user_id)
    values = member.model_dump(include={"name", "email"}) | {"role": member.role.value}
    transaction = Transaction()
    transaction.put(
        "member", MemberRecord(user, account, **values), MemberRecord.role == member.role.value
    )
    transaction.put("of account", AccountMemberRecord(account, user, **values))
    try:
        transaction.commit()
    except (ConditionFailed, Contention):
        return  # the next time that the console opens does it


@dataclass
class TeamUpdate:
    """What becomes of an account's users and switches in one transaction."""

    version: int  # as it was read before anything else was
    roles: list[tuple[TeamMember, Role | None]] = field(default_factory=list)
    rights: DeletionRights | None = None
    changes: list[TeamChange] = field(default_factory=list)


def update_team(account_id: str, update: TeamUpdate) -> bool:
    """Change roles (no role: the user leaves) and switches, and record it; false when too late."""
    account = _account_key(account_id)
    transaction = Transaction()
    same: Condition = TeamRecord.version == update.version
    if update.version == 0:
        same = TeamRecord.pk.does_not_exist()
    transaction.update(
        "version", TeamRecord(account, _TEAM), [TeamRecord.version.add(1)], condition=same
    )
    for member, role in update.roles:
        user = _user_key(member.user_id)
        if role is None:
            transaction.delete("member", MemberRecord(user, account))
            transaction.delete("of account", AccountMemberRecord(account, user))
            continue
        values = member.model_dump(include={"name", "email"}) | {"role": role.value}
        transaction.put("member", MemberRecord(user, account, **values))
        transaction.put("of account", AccountMemberRecord(account, user, **values))
    if update.rights is not None:
        kept = update.rights.model_dump(mode="json", exclude_none=True)
        transaction.put("rights", DeletionRightsRecord(account, _DELETION, rights=kept))
    for change in update.changes:
        transaction.put(f"change {change.id}", _change_record(account_id, change))
    try:
        transaction.commit()
    except (ConditionFailed, Contention):
        return False
    return True


def _changes_key(account_id: str) -> str:
    return f"account#{account_id}#changes"


def _change_record(account_id: str, change: TeamChange) -> TeamChangeRecord:
    values = change.model_dump(exclude={"id", "what", "whose"})
    return TeamChangeRecord(
        _changes_key(account_id),
        change.id,
        what=change.what.value,
        whose=change.whose.value,
        **values,
    )


def changes(account_id: str, stretch: Stretch) -> Iterator[TeamChange]:
    """Walk the changes that were made of an account's users and switches."""
    found = along(TeamChangeRecord, _changes_key(account_id), stretch)
    return (TeamChange(id=record.sk, **record.attribute_values) for record in found)
