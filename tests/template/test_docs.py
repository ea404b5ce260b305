"""What is deployed is documented."""

from tests.template.stack import TEMPLATE, Stack, Template

DOCS = TEMPLATE.parent / "docs"


def test_every_parameter_is_explained(source: Template) -> None:
    text = (DOCS / "operations.md").read_text(encoding="utf-8")
    assert [name for name in source["Parameters"] if f"| `{name}` |" not in text] == []


def test_every_alarm_says_what_to_do(translated: Template) -> None:
    text = (DOCS / "operations.md").read_text(encoding="utf-8")
    stack = Stack(translated, {"Stage": "dev"})
    functions = {f["FunctionName"] for _, f in stack.of_type("AWS::Lambda::Function")}
    tables = {table["TableName"] for _, table in stack.of_type("AWS::DynamoDB::Table")}
    for _, alarm in stack.of_type("AWS::CloudWatch::Alarm"):
        name = alarm["AlarmName"]
        subject, _, kind = name.rpartition("-")
        if subject in functions:
            assert f"`<function>-{kind}`" in text
        elif subject in tables:
            assert f"`{subject.removeprefix('assent-dev-')}`" in text
        else:
            assert f"`{name.removeprefix('assent-dev-')}`" in text


def test_the_idle_cost_counts_what_there_is(translated: Template) -> None:
    text = (DOCS / "cost.md").read_text(encoding="utf-8")
    stack = Stack(translated, {"Stage": "prod"})
    metrics = sum(
        len([query for query in alarm.get("Metrics", [alarm]) if "Expression" not in query])
        for _, alarm in stack.of_type("AWS::CloudWatch::Alarm")
    )
    mappings = len(list(stack.of_type("AWS::Lambda::EventSourceMapping")))
    tables = len(list(stack.of_type("AWS::DynamoDB::Table")))
    assert f"| {metrics} alarm metrics" in text
    assert f"| {mappings} queue mappings" in text
    assert f"| {tables}, empty" in text
