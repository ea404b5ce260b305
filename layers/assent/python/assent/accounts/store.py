"""Accounts and senders in the `accounts` table."""

from pynamodb.attributes import (
    BooleanAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.exceptions import DeleteError, PutError

from assent.accounts.model import (
    Account,
    JoinWord,
    OwnPhone,
    Sender,
)
from assent.platform.tables import Record, failed_condition, get

_SETTINGS = "settings"
_OWN_PHONE = "own-phone"


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
    stop_ends_calls = BooleanAttribute(default=False)
    quiet_hours = UnicodeAttribute(default="defer")
    caps = UnicodeAttribute(default="defer")


class OwnPhoneRecord(Record):
    """`user#<sub>` / `own-phone`: a user's own phone, for test sends, and how it was verified."""

    class Meta:
        table_name = "accounts_table"

    phone = UnicodeAttribute()
    code_hash = UnicodeAttribute()
    asked_at = UTCDateTimeAttribute()
    tries = NumberAttribute()
    verified_at = UTCDateTimeAttribute(null=True)


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
    daily_cap = NumberAttribute(null=True)
    campaign = UnicodeAttribute(default="")
    segment_price_micros = NumberAttribute(null=True)
    minute_price_micros = NumberAttribute(null=True)


class AccountSenderRecord(Record):
    """`account#<ac>` / `sender#<sn>`: the same, to be found from the account."""

    class Meta:
        table_name = "accounts_table"


class SenderShareRecord(Record):
    """`sender#<sn>` / `account#<ac>`: this account may send from this sender."""

    class Meta:
        table_name = "accounts_table"


class JoinWordRecord(Record):
    """`sender#<sn>` / `word#<folded>`: whom this word leads to; a sender has it once."""

    class Meta:
        table_name = "accounts_table"

    word = UnicodeAttribute()
    account_id = UnicodeAttribute()
    group_id = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()


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


def put_own_phone(phone: OwnPhone) -> None:
    """Keep a user's own phone."""
    OwnPhoneRecord(
        f"user#{phone.user_id}", _OWN_PHONE, **phone.model_dump(exclude={"user_id"})
    ).save()


def own_phone(user_id: str) -> OwnPhone | None:
    """Read a user's own phone, strongly consistent."""
    record = get(OwnPhoneRecord, f"user#{user_id}", _OWN_PHONE, consistent=True)
    return OwnPhone(user_id=user_id, **record.attribute_values) if record else None


def count_try(user_id: str) -> int:
    """Count a try at a code, and say how many there were."""
    record = OwnPhoneRecord(f"user#{user_id}", _OWN_PHONE)
    record.update(actions=[OwnPhoneRecord.tries.add(1)])
    return int(record.tries)


def put_sender(sender: Sender) -> None:
    """Store a sender, and let its owner send from it."""
    values = sender.model_dump(exclude={"id"}, mode="json")
    SenderRecord(_sender_key(sender.id), _SETTINGS, **values).save()
    share(sender.id, sender.owner_id)


def replace_sender(sender: Sender) -> None:
    """Store a sender as it is now."""
    values = sender.model_dump(exclude={"id"}, mode="json")
    SenderRecord(_sender_key(sender.id), _SETTINGS, **values).save()


def sender(sender_id: str) -> Sender | None:
    """Read one sender."""
    record = get(SenderRecord, _sender_key(sender_id), _SETTINGS)
    return Sender(id=sender_id, **record.attribute_values) if record else None


def share(sender_id: str, account_id: str) -> None:
    """Let an account send from a sender; doing it again changes nothing."""
    SenderShareRecord(_sender_key(sender_id), _account_key(account_id)).save()
    AccountSenderRecord(_account_key(account_id), _sender_key(sender_id)).save()


def senders_of(account_id: str) -> list[str]:
    """List the senders that an account may send from, in the order of their addresses."""
    prefix = _sender_key("")
    found = AccountSenderRecord.query(
        _account_key(account_id), AccountSenderRecord.sk.startswith(prefix)
    )
    return [record.sk.removeprefix(prefix) for record in found]


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


# Words that people text to join a group


def _word_key(sender_id: str, folded: str) -> tuple[str, str]:
    return _sender_key(sender_id), f"word#{folded}"


def add_join_word(word: JoinWord) -> bool:
    """Store a word; false when the sender has it already, for whichever account."""
    record = JoinWordRecord(
        *_word_key(word.sender_id, word.folded),
        **word.model_dump(include={"word", "account_id", "group_id", "created_at"}),
    )
    try:
        record.save(condition=JoinWordRecord.pk.does_not_exist())
    except PutError as error:
        if failed_condition(error):
            return False
        raise
    return True


def join_word(sender_id: str, folded: str) -> JoinWord | None:
    """Read the word of a sender that is compared as this."""
    record = get(JoinWordRecord, *_word_key(sender_id, folded))
    return _join_word(record) if record else None


def join_words(sender_id: str, account_id: str) -> list[JoinWord]:
    """List an account's words on a sender, in the order of the alphabet."""
    found = JoinWordRecord.query(
        _sender_key(sender_id),
        JoinWordRecord.sk.startswith("word#"),
        filter_condition=JoinWordRecord.account_id == account_id,
    )
    return [_join_word(record) for record in found]


def end_join_word(word: JoinWord) -> bool:
    """Take a word off its sender; false when it is another account's by now, or gone."""
    try:
        JoinWordRecord(*_word_key(word.sender_id, word.folded)).delete(
            condition=JoinWordRecord.account_id == word.account_id
        )
    except DeleteError as error:
        if failed_condition(error):
            return False
        raise
    return True


def _join_word(record: JoinWordRecord) -> JoinWord:
    return JoinWord(
        sender_id=record.pk.removeprefix("sender#"),
        folded=record.sk.removeprefix("word#"),
        **record.attribute_values,
    )
