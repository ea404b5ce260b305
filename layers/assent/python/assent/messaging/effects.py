"""What an opt-out changes in the accounts that share a sender: tidying, never permission.

The opt-out record stops every send from the moment it is committed. This walks the accounts
after that, a page at a time, and hands the rest to itself: it can be stopped and repeated anywhere.
"""

from dataclasses import dataclass

from assent.accounts import store as accounts
from assent.consent import store as consent
from assent.consent.model import EventType
from assent.contacts.service import apply_opt_out
from assent.messaging import store
from assent.messaging.model import ApplyEffects, contact_thread
from assent.platform.clock import Clock
from assent.platform.queues import Sink

_PAGE = 25


@dataclass
class EffectsService:
    """Applies the effects of opt-outs."""

    clock: Clock
    effects: Sink

    def apply(self, command: ApplyEffects) -> str:
        """Apply to one page of accounts; sends itself on when there are more."""
        page = accounts.sharing(command.sender_id, command.after, _PAGE)
        touched = 0
        for account_id in page:
            known = consent.consent(account_id, command.subject)
            if known.contact_id is None:
                continue
            touched += 1
            self._apply(command, account_id, known.contact_id)
        if len(page) == _PAGE:
            self.effects.send(command.model_copy(update={"after": page[-1]}))
        return f"{touched}_accounts"

    def _apply(self, command: ApplyEffects, account_id: str, contact_id: str) -> None:
        if command.event != EventType.STARTED:
            apply_opt_out(account_id, contact_id, command.sender_id, command.channel, self.clock)
        store.put_copy(
            contact_thread(account_id, contact_id),
            account_id=account_id,
            contact_id=contact_id,
            sender_id=command.sender_id,
            message_id=command.message_id,
            body=command.body,
            intent=command.event.value,
            at=command.effective_at,
        )
