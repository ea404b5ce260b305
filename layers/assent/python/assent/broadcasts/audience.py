"""Who is a recipient of a broadcast, who is not and why: for its plan and for its dry run alike."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from assent.accounts.service import AccountService
from assent.broadcasts.checkpoints import GateName, GateSeen
from assent.broadcasts.model import Broadcast
from assent.broadcasts.plans.model import CHUNK, Cursor
from assent.broadcasts.results import Counts, Excluded, Exclusion, excluded_column, exclusion
from assent.consent import store as consent
from assent.consent.model import Agreement
from assent.consent.policy import Decision, Purpose, may_send
from assent.contacts.groups.memberships import store as member_store
from assent.contacts.groups.model import Member
from assent.contacts.groups.service import homes
from assent.contacts.recipients import store as recipients
from assent.platform import settings
from assent.platform.clock import Clock

_NOWHERE: frozenset[str] = frozenset()


@dataclass
class Page:
    """Some members of the chosen groups, sorted out."""

    taken: list[str] = field(default_factory=list)
    excluded: list[Excluded] = field(default_factory=list)

    def counts(self) -> Counts:
        """Count them by column."""
        counts: Counts = {"planned": len(self.taken) + len(self.excluded)}
        for one in self.excluded:
            column = excluded_column(one.reason)
            counts[column] = counts.get(column, 0) + 1
        return counts


@dataclass
class Audience:
    """Walks the groups of a broadcast, shard by shard, a page at a time."""

    clock: Clock
    accounts: AccountService
    broadcast: Broadcast
    size: int = CHUNK
    _homes: dict[str, str] | None = None

    def step(self, cursor: Cursor) -> tuple[Page, Cursor]:
        """Sort the next members out; the cursor beyond them has them counted."""
        members, beyond = self._read(cursor)
        page = self._sort_out(members)
        counts = dict(cursor.counts)
        for column, number in page.counts().items():
            counts[column] = counts.get(column, 0) + number
        after = {
            "step": cursor.step + 1,
            "chunks": cursor.chunks + bool(page.taken),
            "counts": counts,
        }
        return page, beyond.model_copy(update=after)

    def walk(self, cursor: Cursor, go_on: Callable[[], bool]) -> Cursor:
        """Count without writing anything, from a cursor on, while there is time."""
        while not cursor.done and go_on():
            _, cursor = self.step(cursor)
        return cursor

    def _read(self, cursor: Cursor) -> tuple[list[tuple[int, Member]], Cursor]:
        """Read the next members, each with its group's position, and the cursor beyond them."""
        account_id, chosen = self.broadcast.account_id, self.broadcast.groups
        shards = settings.current().group_shards
        group, shard, after = cursor.group, cursor.shard, cursor.after
        found: list[tuple[int, Member]] = []
        while len(found) < self.size and group < len(chosen):
            wanted = self.size - len(found)
            page = member_store.members_page(account_id, chosen[group], shard, after, wanted)
            found.extend((group, member) for member in page)
            if len(page) == wanted:
                after = page[-1].contact_id
                break
            shard, after = shard + 1, None
            if shard == shards:
                group, shard = group + 1, 0
        place = {"group": group, "shard": shard, "after": after, "done": group == len(chosen)}
        return found, cursor.model_copy(update=place)

    def _sort_out(self, members: list[tuple[int, Member]]) -> Page:
        page = Page()
        belongs = self._belongs(members)
        doubtful: list[tuple[int, Member]] = []
        seen: set[str] = set()
        channel = self.broadcast.channel
        at_home = [self._is_at_home(position) for position in range(len(self.broadcast.groups))]
        for position, member in members:
            in_groups = belongs.get(member.contact_id, _NOWHERE)
            # A contact is taken with the first chosen group that it is in.
            earlier = in_groups.intersection(self.broadcast.groups[:position])
            if member.contact_id in seen or earlier:
                continue
            seen.add(member.contact_id)
            minus = in_groups.intersection(self.broadcast.minus_groups)
            if minus:
                group = {"group": min(minus)}
                page.excluded.append(self._excluded(member, Exclusion.MINUS_GROUP, group, []))
            elif at_home[position] and channel in member.channels:
                page.taken.append(member.contact_id)
            else:
                doubtful.append((position, member))
        self._look_up(doubtful, page)
        return page

    def _belongs(self, members: list[tuple[int, Member]]) -> dict[str, frozenset[str]]:
        """Say which groups the members are in, where an earlier or a left-out group matters."""
        asked = {m.contact_id for at, m in members if at or self.broadcast.minus_groups}
        if not asked:
            return {}
        return recipients.groups_of(self.broadcast.account_id, asked)

    def _is_at_home(self, position: int) -> bool:
        """Tell whether a group's memberships speak of the broadcast's sender."""
        return self.homes.get(self.broadcast.groups[position]) == self.broadcast.sender_id

    def _look_up(self, doubtful: list[tuple[int, Member]], page: Page) -> None:
        """Sort out those whom their memberships do not clear, by what is on record of them."""
        decisions = self._decisions({member.subject for _, member in doubtful})
        for position, member in doubtful:
            decision, at_home = decisions[member.subject], self._is_at_home(position)
            if decision.reason is None and not at_home:
                # The membership's channels are those of another sender.
                page.taken.append(member.contact_id)
                continue
            group = {"group": self.broadcast.groups[position]}
            passed = [
                _seen(GateName.AUDIENCE, group),
                *(_seen(GateName(one.name), one.evidence) for one in decision.passed),
            ]
            reason, evidence = Exclusion.NOT_BACK_IN_GROUP, group
            if decision.reason:
                reason = exclusion(decision.reason)
                evidence = {**decision.evidence, "sender_id": self.broadcast.sender_id}
            page.excluded.append(self._excluded(member, reason, evidence, passed))

    @property
    def homes(self) -> dict[str, str]:
        """The home senders of the chosen groups."""
        if self._homes is None:
            self._homes = homes(self.broadcast.account_id, self.broadcast.groups)
        return self._homes

    def _excluded(
        self,
        member: Member,
        reason: Exclusion,
        evidence: dict[str, str],
        passed: list[GateSeen],
    ) -> Excluded:
        return Excluded(
            contact_id=member.contact_id,
            reason=reason,
            evidence=evidence,
            passed=passed,
            at=self.clock.now(),
        )

    def _decisions(self, subjects: Collection[str]) -> dict[str, Decision]:
        """Say of phones, by their pseudonyms, whether they may be sent this, strongly consistent.

        Their records are read by the hundred: in some groups they are many.
        """
        if not subjects:
            return {}
        broadcast, channel = self.broadcast, self.broadcast.channel
        sender = self.accounts.sender(broadcast.sender_id)
        keys = [(broadcast.sender_id, subject) for subject in subjects]
        against = consent.opt_outs(keys, consistent=True)
        known = consent.consents(broadcast.account_id, subjects, consistent=True)

        def decision(subject: str) -> Decision:
            record, has = against.get((broadcast.sender_id, subject)), known.get(subject)
            return may_send(
                Purpose.BROADCAST,
                channel,
                sender_registered=sender is not None and sender.registered,
                against=(
                    record.standing_against(channel, broadcast.account_id) if record else None
                ),
                agreement=has.agreement(broadcast.sender_id, channel) if has else Agreement(),
            )

        return {subject: decision(subject) for subject in subjects}


def _seen(name: GateName, evidence: dict[str, str]) -> GateSeen:
    return GateSeen(name=name, passed=True, evidence=evidence)
