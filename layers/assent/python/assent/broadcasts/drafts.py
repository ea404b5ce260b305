"""Definitions of broadcasts: made, changed and copied while they have not started."""

from dataclasses import dataclass
from typing import Any

from assent.accounts.model import Account
from assent.accounts.service import AccountService
from assent.broadcasts.definitions import store
from assent.broadcasts.model import (
    TRANSITIONS,
    Broadcast,
    Event,
    NewBroadcast,
    Otherwise,
    Sketch,
    State,
)
from assent.broadcasts.refusals import cannot, changed_meanwhile, unknown_broadcast
from assent.broadcasts.text import problem, usual_segments
from assent.consent.model import Channel
from assent.contacts.groups import store as groups
from assent.platform.clock import Clock
from assent.platform.errors import FieldError, Invalid, NotFound
from assent.platform.ids import new_id

MOST_GROUPS = 50
_NAME_LENGTH = 100
_NOT_WRITTEN = "."  # one segment, and nothing of the contact is needed for it


@dataclass
class DraftService:
    """Writes definitions; a bad one is refused with everything that is wrong with it."""

    clock: Clock
    accounts: AccountService

    def create(self, account: Account, wanted: NewBroadcast, by: str) -> Broadcast:
        """Make a draft."""
        made = self._made(account, wanted, by)
        store.put_broadcast(made)
        return made

    def sketched(self, account: Account, wanted: NewBroadcast, by: str) -> Broadcast:
        """Return a broadcast as it is written now, to look at what it would do; nothing is kept."""
        made = self._made(account, wanted, by)
        return made.model_copy(update={"template": made.template or _NOT_WRITTEN})

    def _made(self, account: Account, wanted: NewBroadcast, by: str) -> Broadcast:
        now = self.clock.now()
        return Broadcast(
            id=new_id("bc", now),
            account_id=account.id,
            state=State.DRAFT,
            created_by=by,
            created_at=now,
            **self._definition(account, wanted),
        )

    def edit(self, account: Account, broadcast_id: str, wanted: NewBroadcast) -> Broadcast:
        """Change what has not started; its schedule stays as it is."""
        before = found(account.id, broadcast_id)
        if (before.state, Event.EDITED) not in TRANSITIONS:
            raise cannot(before, "changed")
        wanted_now = before.model_copy(update=self._definition(account, wanted))
        after = store.edit(before, wanted_now)
        if after is None:
            raise changed_meanwhile()
        return after

    def duplicate(self, account: Account, broadcast_id: str, by: str) -> Broadcast:
        """Make a draft like a broadcast, whatever became of that."""
        kept = found(account.id, broadcast_id)
        name = f"Copy of {kept.name}"[:_NAME_LENGTH]
        wanted = NewBroadcast(
            name=name,
            channel=kept.channel.value,
            sender_id=kept.sender_id,
            groups=kept.groups,
            minus_groups=kept.minus_groups,
            template=kept.template,
            quiet_hours=kept.quiet_hours,
            caps=kept.caps,
        )
        return self.create(account, wanted, by)

    def _definition(self, account: Account, wanted: NewBroadcast) -> dict[str, Any]:
        sender_id = wanted.sender_id or account.sender_id
        name = " ".join(wanted.name.split())
        fields = self._problems(account, wanted, name, sender_id)
        if isinstance(wanted, Sketch):
            # What is not written yet is not wrong yet.
            written = {"name": wanted.name.strip(), "template": wanted.template.strip()}
            fields = [one for one in fields if written.get(one.field, "?")]
        if fields:
            raise Invalid(
                "invalid_broadcast", "The broadcast cannot be made like this.", fields=fields
            )
        template = wanted.template.strip()
        return {
            "name": name,
            "channel": Channel(wanted.channel),
            "sender_id": sender_id,
            "groups": list(dict.fromkeys(wanted.groups)),
            "minus_groups": list(dict.fromkeys(wanted.minus_groups)),
            "template": template,
            "quiet_hours": wanted.quiet_hours or Otherwise(account.quiet_hours),
            "caps": wanted.caps or Otherwise(account.caps),
            # A call is one, however much it says.
            "segments": 1 if wanted.channel == Channel.VOICE else usual_segments(template),
        }

    def _problems(
        self, account: Account, wanted: NewBroadcast, name: str, sender_id: str
    ) -> list[FieldError]:
        wrong: list[tuple[str, str, str]] = []
        if not name or len(name) > _NAME_LENGTH:
            wrong.append(("name", "length", f"Give it a name of 1 to {_NAME_LENGTH} characters."))
        if wanted.channel not in set(Channel):
            wrong.append(("channel", "unknown_channel", "Choose sms or voice."))
        if not wanted.groups:
            wrong.append(("groups", "missing", "Choose at least one group."))
        known = {group.id for group in groups.groups(account.id)}
        for field, chosen in (("groups", wanted.groups), ("minus_groups", wanted.minus_groups)):
            if len(chosen) > MOST_GROUPS:
                wrong.append((field, "too_many", f"Choose at most {MOST_GROUPS} groups."))
            if not known.issuperset(chosen):
                wrong.append((field, "unknown_group", "This account has no such group."))
        program_name = ""
        try:
            program_name = self.accounts.sender_for(account.id, sender_id).program_name
        except NotFound as missing:
            wrong.append(("sender_id", missing.code, missing.message))
        # A channel that there is none of is refused above.
        channel = Channel.VOICE if wanted.channel == Channel.VOICE else Channel.SMS
        unusable = problem(wanted.template, program_name, channel)
        if unusable:
            wrong.append(("template", unusable.code, unusable.message))
        return [FieldError(field=f, code=code, message=words) for f, code, words in wrong]


def found(account_id: str, broadcast_id: str) -> Broadcast:
    """Return a broadcast of this account, or raise `NotFound`."""
    kept = store.broadcast(account_id, broadcast_id)
    if kept is None:
        raise unknown_broadcast()
    return kept
