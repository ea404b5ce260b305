"""Every rule holds in every stage, and every rule finds the mistakes that it is there for."""

import copy

import pytest

from tests.template import access, edge, operations, storage
from tests.template.rule import Mistake, Rule, rules_of
from tests.template.stack import STAGES, Stack, Template, translate

RULES = [rule for module in (access, edge, operations, storage) for rule in rules_of(module)]
KEY = "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000"
CASES: list[dict[str, object]] = [{"Stage": stage} for stage in STAGES]
CASES += [
    {"Stage": "prod", "KmsKeyArn": KEY},
    {"Stage": "dev", "Runtime": "python3.11", "WafRateLimit": 500},
]
MISTAKES = [(rule, mistake) for rule in RULES for mistake in rule.mistakes]


@pytest.mark.parametrize("parameters", CASES, ids=lambda case: "-".join(map(str, case.values())))
@pytest.mark.parametrize("rule", RULES, ids=str)
def test_rule_holds(rule: Rule, parameters: dict[str, object], translated: Template) -> None:
    assert list(rule.check(Stack(translated, parameters))) == []


@pytest.mark.parametrize(
    ("rule", "mistake"), MISTAKES, ids=[f"{rule}-{n}" for n, (rule, _) in enumerate(MISTAKES)]
)
def test_rule_finds_the_mistake(rule: Rule, mistake: Mistake, translated: Template) -> None:
    spoiled = copy.deepcopy(translated)
    mistake(spoiled)
    assert any(complaint for case in CASES for complaint in rule.check(Stack(spoiled, case)))


def test_every_rule_names_a_mistake() -> None:
    assert all(rule.mistakes for rule in RULES)


def _complaints(template: Template) -> set[str]:
    stack = Stack(translate(template), {"Stage": "prod"})
    return {str(rule) for rule in RULES if any(rule.check(stack))}


def test_a_function_added_without_care_is_noticed(source: Template) -> None:
    added = copy.deepcopy(source)
    added["Resources"]["Late"] = {
        "Type": "AWS::Serverless::Function",
        "Properties": {"FunctionName": "late", "CodeUri": "functions/late/"},
    }
    assert _complaints(added) >= {
        # The role that SAM adds uses a policy of AWS.
        "no_role_uses_a_policy_of_aws",
        "functions_write_their_own_logs_only",
        "logs_are_kept_for_a_time",
        "everything_that_can_fail_has_an_alarm",
        "names_carry_the_stage",
        "the_dashboard_shows_every_queue_function_and_table",
    }


def test_a_queue_and_a_table_added_without_care_are_noticed(source: Template) -> None:
    added = copy.deepcopy(source)
    added["Resources"]["LateQueue"] = {
        "Type": "AWS::SQS::Queue",
        "Properties": {"QueueName": "late"},
    }
    added["Resources"]["LateTable"] = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "TableName": "late",
            "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
            "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        },
    }
    assert _complaints(added) >= {
        "data_is_encrypted",
        "every_queue_is_worked_on_once",
        "everything_that_can_fail_has_an_alarm",
        "names_carry_the_stage",
        "queues_have_dead_letters_of_their_own",
        "queues_refuse_insecure_transport",
        "tables_are_on_demand_with_one_key_shape",
        "tables_can_be_restored",
        "what_cannot_be_made_again_is_kept",
    }


def test_a_route_added_to_the_source_asks_for_sign_in(source: Template) -> None:
    added = copy.deepcopy(source)
    added["Resources"]["ConsoleApi"]["Properties"]["Events"]["Late"] = {
        "Type": "HttpApi",
        "Properties": {"ApiId": {"Ref": "HttpApi"}, "Method": "GET", "Path": "/late"},
    }
    stack = Stack(translate(added), {"Stage": "prod"})
    security = {path: operation["security"] for _, path, operation in edge.routes(stack)}
    assert security["/late"] == [{"Console": []}]
