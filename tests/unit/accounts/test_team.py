"""Who works in an account: seen and changed by its administrators, never locked out, recorded."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assent.accounts.model import DeletionRights, DeletionSwitch, Member, Role
from assent.accounts.team import store
from assent.accounts.team.model import (
    Fixed,
    TeamMember,
    UserChange,
    What,
    Whose,
    assignable,
    fixed,
)
from assent.accounts.team.service import TeamService
from assent.accounts.team.store import TeamUpdate
from assent.platform.errors import Conflict, Forbidden, NotFound
from tests.fakes import World

OLGA = "user"


@pytest.fixture
def team(world: World) -> TeamService:
    return TeamService(world.clock, world.accounts)


def enlist(world: World, user_id: str, role: Role) -> Member:
    made = Member(user_id=user_id, account_id=world.a.id, role=role, name=user_id.title())
    store.put_member(made)
    return made


def olga(world: World) -> Member:
    return world.accounts.member(OLGA, world.a.id)


def roles(world: World) -> dict[str, Role]:
    """What both sides of a membership say; they say the same."""
    found = {one.user_id: one.role for one in store.team(world.a.id)}
    for user_id, role in found.items():
        [there] = [one for one in store.members_of(user_id) if one.account_id == world.a.id]
        assert there.role == role
    return found


def test_users_are_listed_by_name_with_what_can_be_changed(team: TeamService, world: World) -> None:
    """C8: an administrator sees who has which rights."""
    enlist(world, "ada", Role.OPERATOR)
    enlist(world, "zoe", Role.ADMIN)
    ada, me, zoe = team.standings(olga(world))
    assert [ada.member.name, me.member.name, zoe.member.name] == ["Ada", "Olga", "Zoe"]
    assert (ada.fixed, ada.roles) == (None, list(Role))
    assert (me.fixed, me.roles) == (Fixed.LAST_OWNER, [Role.OWNER])
    assert "contacts.delete" in ada.permissions
    assert "contacts.delete_all" not in ada.permissions


def test_a_change_counts_on_both_sides_and_is_recorded(team: TeamService, world: World) -> None:
    """C8: role and switches in one step, with who changed what from what to what."""
    enlist(world, "ada", Role.OPERATOR)
    change = UserChange(role=Role.ADMIN, delete="off", delete_all="default")
    standing = team.change(olga(world), "ada", change)
    assert standing.member.role == Role.ADMIN
    assert "contacts.delete" not in standing.permissions
    assert roles(world)["ada"] == Role.ADMIN
    assert store.deletion_rights(world.a.id).users == {"ada": DeletionSwitch(delete=False)}
    found, more = team.changes(world.a.id, None, 10)
    assert more is None
    noted = {(one.what, one.whose, one.subject, one.before, one.after) for one in found}
    assert noted == {
        (What.ROLE, Whose.USER, "ada", "operator", "admin"),
        (What.DELETE, Whose.USER, "ada", "default", "off"),
    }
    assert {(one.by, one.by_name, one.subject_name) for one in found} == {(OLGA, "Olga", "Ada")}


def test_what_changes_nothing_is_not_recorded(team: TeamService, world: World) -> None:
    enlist(world, "ada", Role.OPERATOR)
    before = store.version(world.a.id)
    team.change(olga(world), "ada", UserChange(role=Role.OPERATOR, delete="default"))
    assert store.version(world.a.id) == before
    assert team.changes(world.a.id, None, 10) == ([], None)


def test_changes_are_listed_newest_first_page_by_page(team: TeamService, world: World) -> None:
    enlist(world, "ada", Role.VIEWER)
    for role in (Role.OPERATOR, Role.ADMIN, Role.VIEWER):
        world.clock.at += timedelta(minutes=1)
        team.change(olga(world), "ada", UserChange(role=role))
    first, cursor = team.changes(world.a.id, None, 2)
    rest, end = team.changes(world.a.id, cursor, 2)
    assert [one.after for one in first + rest] == ["viewer", "admin", "operator"]
    assert end is None


def test_the_last_owner_keeps_the_role_and_the_place(team: TeamService, world: World) -> None:
    enlist(world, "zoe", Role.ADMIN)
    with pytest.raises(Conflict, match="last owner"):
        team.change(olga(world), OLGA, UserChange(role=Role.ADMIN))
    with pytest.raises(Conflict, match="last owner"):
        team.remove(olga(world), OLGA)
    team.change(olga(world), "zoe", UserChange(role=Role.OWNER))
    assert team.change(olga(world), OLGA, UserChange(role=Role.VIEWER)).member.role == Role.VIEWER
    assert roles(world) == {OLGA: Role.VIEWER, "zoe": Role.OWNER}


def test_owners_are_made_and_unmade_by_owners(team: TeamService, world: World) -> None:
    zoe = enlist(world, "zoe", Role.ADMIN)
    enlist(world, "ada", Role.OPERATOR)
    enlist(world, "tom", Role.OWNER)
    for change in (
        lambda: team.change(zoe, "ada", UserChange(role=Role.OWNER)),
        lambda: team.change(zoe, "tom", UserChange(role=Role.VIEWER)),
        lambda: team.remove(zoe, "tom"),
    ):
        with pytest.raises(Conflict, match="Only an owner"):
            change()
    assert team.change(zoe, "ada", UserChange(role=Role.ADMIN)).member.role == Role.ADMIN


def test_whoever_lost_the_role_a_moment_ago_cannot_take_it_back(
    team: TeamService, world: World
) -> None:
    """I5: what a process remembers of a membership for a minute decides nothing here."""
    zoe = enlist(world, "zoe", Role.ADMIN)
    team.change(olga(world), "zoe", UserChange(role=Role.OPERATOR))
    with pytest.raises(Forbidden):
        team.change(zoe, "zoe", UserChange(role=Role.ADMIN))
    with pytest.raises(Forbidden):
        team.switch(zoe, DeletionRights(account=DeletionSwitch(delete=False)))
    assert roles(world)["zoe"] == Role.OPERATOR


def test_a_user_who_is_taken_out_is_in_no_account_and_leaves_no_switch(
    team: TeamService, world: World
) -> None:
    enlist(world, "ada", Role.OPERATOR)
    team.change(olga(world), "ada", UserChange(delete="off"))
    assert team.remove(olga(world), "ada").name == "Ada"
    assert store.members_of("ada") == []
    assert store.deletion_rights(world.a.id).users == {}
    with pytest.raises(NotFound):
        team.remove(olga(world), "ada")
    [newest], _ = team.changes(world.a.id, None, 1)
    assert (newest.what, newest.before, newest.subject_name) == (What.REMOVED, "operator", "Ada")
    with pytest.raises(Forbidden):
        world.accounts.member("ada", None)


def test_two_who_change_at_once_are_one_after_the_other(
    team: TeamService, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two owners each unmake the other: one wins, and the account keeps an owner."""
    zoe = enlist(world, "zoe", Role.OWNER)
    write = store.update_team
    meanwhile = [
        lambda: TeamService(world.clock, world.accounts).change(
            zoe, OLGA, UserChange(role=Role.VIEWER)
        )
    ]

    def late(account_id: str, update: TeamUpdate) -> bool:
        if meanwhile:
            meanwhile.pop()()
        return write(account_id, update)

    monkeypatch.setattr(store, "update_team", late)
    with pytest.raises(Forbidden):
        team.change(olga(world), "zoe", UserChange(role=Role.VIEWER))
    assert roles(world) == {OLGA: Role.VIEWER, "zoe": Role.OWNER}


def test_switches_of_two_pages_do_not_undo_each_other(team: TeamService, world: World) -> None:
    """C8: what a change leaves out stays; what it sets to nothing is left open again."""
    off = DeletionSwitch(delete=False)
    team.switch(olga(world), DeletionRights(roles={Role.OPERATOR: off}))
    team.switch(olga(world), DeletionRights(roles={Role.ADMIN: off}))
    kept = team.switch(olga(world), DeletionRights(account=DeletionSwitch(delete_all=False)))
    assert kept.roles == {Role.OPERATOR: off, Role.ADMIN: off}
    assert kept.account == DeletionSwitch(delete_all=False)
    opened = DeletionRights(roles={Role.ADMIN: DeletionSwitch(delete=None)})
    kept = team.switch(olga(world), opened)
    assert kept.roles[Role.ADMIN].delete is None
    assert kept.roles[Role.OPERATOR].delete is False


def test_a_name_that_the_token_shows_is_kept_and_never_changes_a_role(
    team: TeamService, world: World
) -> None:
    ada = enlist(world, "ada", Role.OPERATOR)
    store.put_member(ada.model_copy(update={"role": Role.VIEWER}))
    team.introduce(ada, "Ada L.", "ada@example.com")  # remembers the role of a minute ago
    assert roles(world)["ada"] == Role.VIEWER
    now = ada.model_copy(update={"role": Role.VIEWER})
    team.introduce(now, "Ada L.", "ada@example.com")
    [found] = [one for one in store.team(world.a.id) if one.user_id == "ada"]
    assert (found.name, found.email) == ("Ada L.", "ada@example.com")


TEAMS = st.lists(st.sampled_from(Role), min_size=1, max_size=5).map(
    lambda given: [TeamMember(user_id=str(n), role=role) for n, role in enumerate(given)]
)


@given(TEAMS, st.data())
def test_no_sequence_of_permitted_changes_locks_an_account_out(
    team: list[TeamMember], data: st.DataObject
) -> None:
    """An account that can be administered stays so, and one with an owner keeps one."""
    for _ in range(6):
        actors = [one for one in team if one.administers]
        if not actors:
            return
        actor, target = data.draw(st.sampled_from(actors)), data.draw(st.sampled_from(team))
        owned = any(one.role == Role.OWNER for one in team)
        others = [one for one in team if one.user_id != target.user_id]
        choices: list[Role | None] = list(assignable(actor, target, team))
        assert target.role in choices
        if fixed(actor, target, team) is None:
            choices.append(None)
        role = data.draw(st.sampled_from(choices))
        team = others + ([target.model_copy(update={"role": role})] if role else [])
        assert any(one.administers for one in team)
        assert not owned or any(one.role == Role.OWNER for one in team)
