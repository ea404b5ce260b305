"""Accounts, memberships and senders in the `accounts` table."""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import PutError

from assent.accounts.model import Account, Member, Role, Sender
from assent.platform.tables import Record, failed_condition, get

_SETTINGS = "settings"


class AccountRecord(Record):
    """`account#<ac>` / `settings`."""

    class Meta:
        table_name = "accounts_table"

    name = UnicodeAttribute()
    time_zone = UnicodeAttribute()
    default_region = UnicodeAttribute()
    terms_url = UnicodeAttribute(default="")
    privacy_url = UnicodeAttribute(default="")
    sender_id = UnicodeAttribute()


class MemberRecord(Record):
    """`user#<sub>` / `account#<ac>`: the one key that begins with the user, not the account."""

    class Meta:
        table_name = "accounts_table"

    role = UnicodeAttribute()
    name = UnicodeAttribute(default="")


class SenderRecord(Record):
    """`sender#<sn>` / `settings`."""

    class Meta:
        table_name = "accounts_table"

    address = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    program_name = UnicodeAttribute()
    help_text = UnicodeAttribute()
    stop_text = UnicodeAttribute()
    start_text = UnicodeAttribute()
    support_contact = UnicodeAttribute(default="")
    keyword_replies = UnicodeAttribute()
    registered = BooleanAttribute()
    messages_per_second = NumberAttribute()


class SenderShareRecord(Record):
    """`sender#<sn>` / `account#<ac>`: this account may send from this sender."""

    class Meta:
        table_name = "accounts_table"


def _account_key(account_id: str) -> str:
    return f"account#{account_id}"


def _sender_key(sender_id: str) -> str:
    return f"sender#{sender_id}"


def put_account(account: Account) -> bool:
    """Store a new account; false when there is one by that id."""
    record = AccountRecord(
        _account_key(account.id), _SETTINGS, **account.model_dump(exclude={"id"})
    )
    try:
        record.save(condition=AccountRecord.pk.does_not_exist())
    except PutError as error:
        if failed_condition(error):
            return False
        raise
    return True


def replace_account(account: Account) -> None:
    """Store an account as it is now."""
    AccountRecord(_account_key(account.id), _SETTINGS, **account.model_dump(exclude={"id"})).save()


def account(account_id: str) -> Account | None:
    """Read one account."""
    record = get(AccountRecord, _account_key(account_id), _SETTINGS)
    return Account(id=account_id, **record.attribute_values) if record else None


def put_member(member: Member) -> None:
    """Give a user a role in an account, or change it."""
    MemberRecord(
        f"user#{member.user_id}",
        _account_key(member.account_id),
        role=member.role.value,
        name=member.name,
    ).save()


def members_of(user_id: str) -> list[Member]:
    """List the accounts that a user works in, oldest account first."""
    return [
        Member(
            user_id=user_id,
            account_id=record.sk.removeprefix("account#"),
            role=Role(record.role),
            name=record.name,
        )
        for record in MemberRecord.query(f"user#{user_id}")
    ]


def put_sender(sender: Sender) -> None:
    """Store a sender, and let its owner send from it."""
    values = sender.model_dump(exclude={"id"}, mode="json")
    SenderRecord(_sender_key(sender.id), _SETTINGS, **values).save()
    share(sender.id, sender.owner_id)


def sender(sender_id: str) -> Sender | None:
    """Read one sender."""
    record = get(SenderRecord, _sender_key(sender_id), _SETTINGS)
    return Sender(id=sender_id, **record.attribute_values) if record else None


def share(sender_id: str, account_id: str) -> None:
    """Let an account send from a sender."""
    SenderShareRecord(_sender_key(sender_id), _account_key(account_id)).save()


def is_shared_with(sender_id: str, account_id: str) -> bool:
    """Tell whether an account may send from a sender."""
    return get(SenderShareRecord, _sender_key(sender_id), _account_key(account_id)) is not None


def sharing(sender_id: str, after: str | None = None, limit: int = 25) -> list[str]:
    """List accounts that share a sender, in the order of their ids, a page at a time."""
    start = SenderShareRecord.sk > _account_key(after) if after else None
    condition = start if start is not None else SenderShareRecord.sk.startswith(_account_key(""))
    return [
        record.sk.removeprefix("account#")
        for record in SenderShareRecord.query(_sender_key(sender_id), condition, limit=limit)
        if record.sk.startswith("account#")
    ]
