"""Who works in an account, as its administrators see and change it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from assent.accounts.model import (
    DeletionRights,
    DeletionSwitch,
    Member,
    Permission,
    Role,
)
from assent.accounts.service import AccountService
from assent.accounts.team import store
from assent.accounts.team.model import (
    Fixed,
    Switched,
    TeamChange,
    TeamMember,
    UserChange,
    What,
    Whose,
    assignable,
    fixed,
)
from assent.accounts.team.store import TeamUpdate
from assent.platform.clock import Clock
from assent.platform.errors import Conflict, FieldError, Forbidden, Invalid, NotFound
from assent.platform.ids import new_id
from assent.platform.tables import Stretch

_TRIES = 5
_MOST_SWITCHED = 200
_SWITCHES = ("delete", "delete_all")
_WHY_FIXED = {
    Fixed.LAST_ADMINISTRATOR: "This is the account's last administrator. "
    "Make somebody else an administrator first.",
    Fixed.LAST_OWNER: "This is the account's last owner. Make somebody else an owner first.",
    Fixed.OWNERS_ONLY: "Only an owner of the account can change this. Ask one of its owners.",
}


@dataclass(frozen=True)
class Standing:
    """A user of an account, with what the one who asks can change of them."""

    member: TeamMember
    switches: DeletionSwitch
    permissions: frozenset[Permission]
    roles: list[Role]  # that can be given, the present one among them
    fixed: Fixed | None  # why the role cannot be taken away


@dataclass(frozen=True)
class _Seen:
    """An account's users and switches as they were at one version."""

    version: int
    team: list[TeamMember]
    rights: DeletionRights
    actor: TeamMember


_Plan = Callable[[_Seen], TeamUpdate]


@dataclass
class TeamService:
    """Lists and changes an account's users; each change is recorded with it."""

    clock: Clock
    accounts: AccountService

    def standings(self, asking: Member) -> list[Standing]:
        """List the account's users, in the order of their names."""
        seen = _look(asking)
        found = [_standing(seen, one) for one in seen.team]
        return sorted(found, key=lambda one: (one.member.name.casefold(), one.member.user_id))

    def change(self, asking: Member, user_id: str, change: UserChange) -> Standing:
        """Change a user's role and switches; says how the user stands then."""

        def plan(seen: _Seen) -> TeamUpdate:
            target = _target(seen, user_id)
            update = TeamUpdate(seen.version)
            if change.role is not None and change.role != target.role:
                _permit(seen, target, change.role)
                update.roles.append((target, change.role))
                noted = self._noted(asking, What.ROLE, target)
                update.changes.append(
                    noted.model_copy(update={"before": target.role, "after": change.role})
                )
            held = {
                name: switched.value_of
                for name in _SWITCHES
                if (switched := getattr(change, name)) is not None
            }
            wanted = DeletionRights(users={user_id: DeletionSwitch(**held)})
            self._switch(asking, seen, update, seen.rights.changed(wanted))
            return update

        self._carry_out(asking, plan)
        self.accounts.forget_member(user_id)
        seen = _look(asking, still=user_id != asking.user_id)
        return _standing(seen, _target(seen, user_id))

    def remove(self, asking: Member, user_id: str) -> TeamMember:
        """Take a user out of the account; says who it was."""
        removed: list[TeamMember] = []

        def plan(seen: _Seen) -> TeamUpdate:
            target = _target(seen, user_id)
            _permit(seen, target, None)
            removed[:] = [target]
            noted = self._noted(asking, What.REMOVED, target)
            users = {one: held for one, held in seen.rights.users.items() if one != user_id}
            return TeamUpdate(
                seen.version,
                roles=[(target, None)],
                rights=seen.rights.model_copy(update={"users": users}),
                changes=[noted.model_copy(update={"before": target.role})],
            )

        self._carry_out(asking, plan)
        self.accounts.forget_member(user_id)
        return removed[0]

    def switch(self, asking: Member, rights: DeletionRights) -> DeletionRights:
        """Switch deleting for the account, for roles and for users; what is left out stays."""
        if len(rights.users) > _MOST_SWITCHED:
            message = f"Switch at most {_MOST_SWITCHED} users one by one; use their role for more."
            field = FieldError(field="users", code="too_many", message=message)
            raise Invalid("too_many_users", message, fields=[field])

        def plan(seen: _Seen) -> TeamUpdate:
            update = TeamUpdate(seen.version)
            self._switch(asking, seen, update, seen.rights.changed(rights))
            return update

        self._carry_out(asking, plan)
        return store.deletion_rights(asking.account_id)

    def changes(
        self, account_id: str, after: str | None, limit: int
    ) -> tuple[list[TeamChange], str | None]:
        """List what was changed, newest first, with the cursor of what follows."""
        stretch = Stretch(page_size=limit + 1, newest_first=True, after=after)
        found = list(islice(store.changes(account_id, stretch), limit + 1))
        return found[:limit], found[limit - 1].id if len(found) > limit else None

    def introduce(self, member: Member, name: str, email: str) -> None:
        """Keep the name and address that the user's token shows, where they are others."""
        if (member.name, member.email) == (name, email):
            return
        store.introduce(member.model_copy(update={"name": name, "email": email}))
        self.accounts.forget_member(member.user_id)

    def _carry_out(self, asking: Member, plan: _Plan) -> None:
        """Plan on what stands and write it, anew when somebody else was faster."""
        for _ in range(_TRIES):
            update = plan(_look(asking))
            if not update.changes or store.update_team(asking.account_id, update):
                return
        raise Conflict(
            "changed_meanwhile", "Others are changing the users too. Look again, and try again."
        )

    def _switch(
        self, asking: Member, seen: _Seen, update: TeamUpdate, wanted: DeletionRights
    ) -> None:
        """Add to an update what is switched otherwise than it was."""
        changes = list(self._switched(asking, seen, wanted))
        if changes:
            update.rights = wanted
            update.changes += changes

    def _switched(
        self, asking: Member, seen: _Seen, wanted: DeletionRights
    ) -> Iterator[TeamChange]:
        names = {one.user_id: one.name or one.email for one in seen.team}
        for what in (What.DELETE, What.DELETE_ALL):
            for (whose, subject), (before, after) in _pairs(seen.rights, wanted, what).items():
                if before is not after:
                    yield TeamChange(
                        **self._by(asking),
                        what=what,
                        whose=whose,
                        subject=subject,
                        subject_name=names.get(subject, ""),
                        before=Switched.of(before),
                        after=Switched.of(after),
                    )

    def _noted(self, asking: Member, what: What, target: TeamMember) -> TeamChange:
        return TeamChange(
            **self._by(asking),
            what=what,
            whose=Whose.USER,
            subject=target.user_id,
            subject_name=target.name or target.email,
        )

    def _by(self, asking: Member) -> dict[str, object]:
        now = self.clock.now()
        return {"id": new_id("ch", now), "at": now, "by": asking.user_id, "by_name": asking.name}


def _look(asking: Member, *, still: bool = True) -> _Seen:
    """Read users and switches as they stand, and that the one who asks still administers.

    What a process remembers of a membership may be a minute old: long enough for somebody whose
    role was just taken away to take it back.
    """
    version = store.version(asking.account_id)
    team = store.team(asking.account_id)
    actor = next((one for one in team if one.user_id == asking.user_id), None)
    if still and (actor is None or not actor.administers):
        raise Forbidden("not_permitted", "Your role here does not permit this any more.")
    rights = store.deletion_rights(asking.account_id)
    actor = actor or TeamMember(user_id=asking.user_id, role=Role.VIEWER)
    return _Seen(version, team, rights, actor)


def _target(seen: _Seen, user_id: str) -> TeamMember:
    found = next((one for one in seen.team if one.user_id == user_id), None)
    if found is None:
        raise NotFound("unknown_user", "This account has no such user.")
    return found


def _permit(seen: _Seen, target: TeamMember, role: Role | None) -> None:
    """Raise when a user cannot get this role, or with no role cannot leave."""
    if role in assignable(seen.actor, target, seen.team):
        return
    why = fixed(seen.actor, target, seen.team)
    if why or role is not None:
        why = why or Fixed.OWNERS_ONLY
        raise Conflict(why.value, _WHY_FIXED[why])


def _standing(seen: _Seen, member: TeamMember) -> Standing:
    as_member = Member(user_id=member.user_id, account_id="", role=member.role)
    return Standing(
        member=member,
        switches=seen.rights.users.get(member.user_id, DeletionSwitch()),
        permissions=seen.rights.permissions(as_member),
        roles=assignable(seen.actor, member, seen.team),
        fixed=fixed(seen.actor, member, seen.team),
    )


_Subject = tuple[Whose, str]


def _pairs(
    before: DeletionRights, after: DeletionRights, what: What
) -> dict[_Subject, Sequence[bool | None]]:
    """Set what two rights say of one switch side by side, for each whom either speaks of."""

    def said(rights: DeletionRights) -> dict[_Subject, bool | None]:
        switches: dict[_Subject, DeletionSwitch] = {(Whose.ACCOUNT, ""): rights.account}
        switches |= {(Whose.ROLE, role.value): one for role, one in rights.roles.items()}
        switches |= {(Whose.USER, user): one for user, one in rights.users.items()}
        return {subject: getattr(one, what.value) for subject, one in switches.items()}

    old, new = said(before), said(after)
    return {subject: (old.get(subject), new.get(subject)) for subject in old | new}
