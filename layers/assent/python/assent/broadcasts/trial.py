"""Test sends: a broadcast's text, or call, to the user's own verified phone, by the same gates."""

from assent.accounts.model import OwnPhone, Sender
from assent.broadcasts.model import Broadcast
from assent.broadcasts.text import preview
from assent.consent.policy import Purpose
from assent.contacts.model import Contact
from assent.messaging.model import Place, SendMessage, sender_thread
from assent.platform.clock import Clock, stamp
from assent.platform.errors import Conflict


def trial(
    broadcast: Broadcast,
    sender: Sender,
    phone: OwnPhone,
    subject: str,
    contact: Contact | None,
    clock: Clock,
) -> SendMessage:
    """Return the command that texts, or says, a broadcast as a test; raises `Conflict`.

    It is filled in as for a contact, or with values of usual length.
    """
    shown = preview(broadcast.template, sender, broadcast.channel, contact)
    if shown.problems:
        raise Conflict("bad_text", shown.problems[0].message)
    test = _command(broadcast.account_id, sender, phone, subject, clock, Purpose.TEST, shown.text)
    return test.model_copy(update={"channel": broadcast.channel})


def code_message(
    account_id: str, sender: Sender, phone: OwnPhone, subject: str, code: str, clock: Clock
) -> SendMessage:
    """Return the command that texts a code to a user's own phone."""
    text = f"{sender.program_name}: your code is {code}. If you did not ask for it, ignore this."
    return _command(account_id, sender, phone, subject, clock, Purpose.VERIFICATION, text)


def _command(
    account_id: str,
    sender: Sender,
    phone: OwnPhone,
    subject: str,
    clock: Clock,
    purpose: Purpose,
    text: str,
) -> SendMessage:
    now = clock.now()
    return SendMessage(
        place=Place(
            thread=sender_thread(sender.id, subject), sort=f"{stamp(now)}#{purpose}#{phone.user_id}"
        ),
        account_id=account_id,
        sender_id=sender.id,
        phone=phone.phone,
        subject=subject,
        purpose=purpose,
        body=text,
        created_at=now,
    )
