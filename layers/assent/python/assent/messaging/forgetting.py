"""What was said with a person who is to be forgotten: the words go, the rows stay."""

from assent.messaging import store
from assent.messaging.decisions import store as decisions
from assent.messaging.incoming import store as incoming
from assent.messaging.model import contact_thread, sender_thread


class Conversations:
    """Erases conversations, for `assent.contacts.erasure`."""

    def erase_own(self, account_id: str, contact_id: str, subject: str) -> None:
        """Blank what the account and the contact wrote to each other."""
        store.erase_conversation(contact_thread(account_id, contact_id))
        # What came in for a sender that was not the account's own.
        incoming.erase_received(f"{account_id}#unrouted#{subject}")

    def erase_received(self, sender_id: str, subject: str) -> None:
        """Blank what a phone texted to a sender."""
        incoming.erase_received(sender_thread(sender_id, subject))

    def end_doubt(self, sender_id: str, subject: str, account_id: str | None) -> None:
        """Take what waits for a decision off its list: an account's, or whoever has it."""
        held = decisions.doubt(sender_id, subject)
        if held and account_id in (None, held.account_id):
            decisions.end_doubt(sender_id, subject)
