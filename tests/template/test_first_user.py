"""The first account of a stage, on tables and a user pool that moto stands in for."""

import boto3
import pytest
from moto.core.models import MockAWS

from assent.accounts import store
from assent.accounts.model import Role
from assent.accounts.team import store as team_store
from deploy import add_user, first_user
from tests.template.stack import Stack, Template

ARGUMENTS = ["dev", "--email", "ada@example.com", "--name", "Ada", "--account", "Harbor Health"]
ARGUMENTS += ["--sender", "+1 888 555 0100", "--program", "Harbor Alerts", "--support", "h@e.com"]


@pytest.fixture
def outputs(
    monkeypatch: pytest.MonkeyPatch, translated: Template, simulated_aws: MockAWS
) -> dict[str, str]:
    stack = Stack(translated, {"Stage": "dev"})
    simulated_aws.reset()
    pool = boto3.client("cognito-idp").create_user_pool(PoolName="assent-dev")["UserPool"]
    table = dict(stack.resources["AccountsTable"]["Properties"])
    boto3.client("dynamodb").create_table(
        **{k: table[k] for k in ("AttributeDefinitions", "KeySchema", "BillingMode")},
        TableName="assent-dev-accounts",
    )
    # The names are the template's own, so that a renamed output is noticed here.
    made = {name: str(output["Value"]) for name, output in stack.outputs.items()}
    made |= {"UserPoolId": pool["Id"], "AccountsTableName": "assent-dev-accounts"}
    for command in (first_user, add_user):
        monkeypatch.setattr(command, "outputs", lambda _: made)
    return made


def test_account_sender_and_owner_are_made(
    outputs: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert first_user.main(ARGUMENTS) == 0

    subject = first_user.user(outputs["UserPoolId"], "ada@example.com", "Ada")
    (member,) = team_store.members_of(subject)
    account = store.account(member.account_id)
    sender = store.sender("sn_18885550100")
    assert account is not None
    assert sender is not None
    assert (member.role, account.name, account.sender_id) == (
        Role.OWNER,
        "Harbor Health",
        sender.id,
    )
    assert "STOP" in sender.help_text
    assert f"/assent/dev/provider/{account.id}" in capsys.readouterr().out


def test_a_second_account_shares_the_sender(outputs: dict[str, str]) -> None:
    first_user.main(ARGUMENTS)
    first_user.main([*ARGUMENTS[:6], "Northside Gym", *ARGUMENTS[7:]])

    subject = first_user.user(outputs["UserPoolId"], "ada@example.com", "Ada")
    accounts = [member.account_id for member in team_store.members_of(subject)]
    sender = store.sender("sn_18885550100")
    assert sender is not None
    assert sender.owner_id == accounts[0]
    assert store.sharing(sender.id) == accounts


def test_further_people_get_a_place_and_a_role(
    outputs: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    first_user.main(ARGUMENTS)
    subject = first_user.user(outputs["UserPoolId"], "ada@example.com", "Ada")
    (owner,) = team_store.members_of(subject)
    person = ["--email", "tom@example.com", "--name", "Tom", "--role", "operator"]
    assert add_user.main(["dev", "--account", owner.account_id, *person]) == 0
    found = {(one.email, one.role) for one in team_store.team(owner.account_id)}
    assert found == {("ada@example.com", Role.OWNER), ("tom@example.com", Role.OPERATOR)}
    assert "tom@example.com is operator in Harbor Health" in capsys.readouterr().out
    assert add_user.main(["dev", "--account", "ac_unknown", *person]) == 1


def test_functions_names_are_read_from_the_outputs(outputs: dict[str, str]) -> None:
    settings = first_user.settings("dev", outputs)
    assert settings.opt_in_requests_queue == "<OptInRequestsQueue>"
    assert settings.ledger_table == "<LedgerTable>"
    assert settings.provider_parameters == "/assent/dev/provider"


def test_a_stage_that_is_not_deployed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_user, "outputs", lambda _: {})
    assert first_user.main(ARGUMENTS) == 1
