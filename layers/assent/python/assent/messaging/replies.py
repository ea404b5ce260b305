"""The messages that answer what a phone texted, each made so that doing it twice sends it once."""

from datetime import datetime

from assent.accounts.model import KeywordReplies, Sender
from assent.consent.policy import Purpose
from assent.messaging.model import Place, SendMessage, contact_thread, sender_thread
from assent.messaging.texts import join_request_text, thank_you_text
from assent.platform.clock import stamp
from assent.platform.ids import derived_id


def keyword_reply(
    sender: Sender, purpose: Purpose, phone: str, subject: str, at: datetime, why: str
) -> SendMessage | None:
    """Answer STOP, START or HELP in the sender's thread, unless the provider does it by itself.

    `at` and `why` tell this answer from every other, and the same when it is repeated.
    """
    if sender.keyword_replies == KeywordReplies.PROVIDER:
        return None
    texts = {
        Purpose.STOP_REPLY: sender.stop_text,
        Purpose.START_REPLY: sender.start_text,
        Purpose.HELP_REPLY: sender.help_text,
    }
    return SendMessage(
        place=Place(
            thread=sender_thread(sender.id, subject),
            sort=f"{stamp(at)}#{derived_id('ms', at, why, purpose)}",
        ),
        account_id=sender.owner_id,
        sender_id=sender.id,
        phone=phone,
        subject=subject,
        purpose=purpose,
        body=texts[purpose],
        created_at=at,
    )


def account_reply(
    sender: Sender,
    purpose: Purpose,
    *,
    account_id: str,
    contact_id: str,
    phone: str,
    subject: str,
    at: datetime,
    why: str,
) -> SendMessage:
    """Answer a JOIN word, or a YES, in the contact's conversation with the account."""
    texts = {
        Purpose.JOIN_REQUEST: join_request_text(sender),
        Purpose.CONFIRMED: thank_you_text(sender),
    }
    return SendMessage(
        place=Place(
            thread=contact_thread(account_id, contact_id),
            sort=f"{stamp(at)}#{derived_id('ms', at, why, purpose)}",
        ),
        account_id=account_id,
        contact_id=contact_id,
        sender_id=sender.id,
        phone=phone,
        subject=subject,
        purpose=purpose,
        body=texts[purpose],
        created_at=at,
    )
