"""What a changed opt-out record means for the accounts that know the phone: tidying, no permission.

The record stops every send from the moment it is committed. This walks the accounts after that, a
page at a time, and hands the rest to itself: it can be stopped and repeated anywhere.
"""

from collections.abc import Callable
from dataclasses import dataclass

from assent.accounts.service import AccountService
from assent.consent import store as consent
from assent.consent.listing import store as listing_store
from assent.consent.model import ALL_ACCOUNTS, Channel, Entry, OptOut, Source, Suppression
from assent.contacts import marks
from assent.contacts.service import apply_opt_out
from assent.messaging import store
from assent.messaging.coupling import couple
from assent.messaging.model import ApplyEffects, Lifted, contact_thread
from assent.platform.clock import Clock
from assent.platform.queues import Sink

_PAGE = 25


@dataclass
class EffectsService:
    """Applies the effects of opt-outs, and of their end."""

    clock: Clock
    accounts: AccountService
    effects: Sink
    # Broadcasts count whom they drove away; they stand above this slice, so the handler brings
    # them in: account, broadcast, contact.
    count_opt_out: Callable[[str, str, str], object]

    def apply(self, command: ApplyEffects) -> str:
        """Apply to one page of accounts; sends itself on when there are more."""
        if command.account_id:
            page = [command.account_id]
        else:
            page = listing_store.knowing(command.sender_id, command.subject, command.after, _PAGE)
        for account_id in page:
            self._apply(command, account_id)
        if len(page) == _PAGE:
            self.effects.send(command.model_copy(update={"after": page[-1]}))
        return f"{len(page)}_accounts"

    def _apply(self, command: ApplyEffects, account_id: str) -> None:
        for line in command.lifted:
            if line.scope in (ALL_ACCOUNTS, account_id):
                listing_store.end_listed(
                    account_id, command.sender_id, command.subject, line.channel, line.at
                )
        against = consent.opt_out(command.sender_id, command.subject)
        channels = command.channels
        if Channel.SMS in channels and self.accounts.account(account_id).stop_ends_calls:
            against = couple(against, account_id, self.clock)
            channels = list(Channel)
        known = consent.consent(account_id, command.subject)
        for channel in channels:
            entry = against.opted_out(channel, account_id)
            if entry is None:
                continue
            listing_store.put_listed(
                account_id, command.sender_id, command.subject, channel, entry.effective_at
            )
            if known.contact_id:
                apply_opt_out(account_id, known.contact_id, command.sender_id, channel, self.clock)
                self._note_answer(account_id, known.contact_id, channel, entry)
        if known.contact_id:
            marks.refresh(account_id, known.contact_id, self.clock)

    def _note_answer(
        self, account_id: str, contact_id: str, channel: Channel, entry: Entry
    ) -> None:
        """Count a contact's own opt-out for the broadcast that it answers, if it does."""
        if entry.source not in (Source.KEYWORD, Source.KEYPRESS):
            return
        thread = contact_thread(account_id, contact_id)
        broadcast_id = store.broadcast_before(thread, channel, entry.effective_at)
        if broadcast_id:
            self.count_opt_out(account_id, broadcast_id, contact_id)


def effects_of(before: OptOut, channels: list[Channel], account_id: str = "") -> ApplyEffects:
    """Say what a change means for the accounts that know the phone, or for one of them.

    What stood before is named, since it has to leave the lists that it stood on.
    """
    return ApplyEffects(
        sender_id=before.sender_id,
        subject=before.subject,
        channels=channels,
        account_id=account_id,
        lifted=[
            Lifted(channel=channel, scope=scope, at=entry.effective_at)
            for channel in channels
            for scope in sorted(before.scopes(channel))
            if (entry := before.standing(channel, scope, scope))
            and entry.suppression != Suppression.HELD
        ],
    )
