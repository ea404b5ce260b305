"""Rules on functions, logs, alarms and names."""

import json
from collections.abc import Iterator

from tests.template.rule import finds, properties
from tests.template.stack import Stack, Template
from tests.template.storage import dead_letters, working

DAYS = {"local": 1, "dev": 14, "staging": 30, "prod": 90}
# What carries a physical name, and where: the stage in it keeps stages of one account apart.
NAMES = {
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::Cognito::UserPool": "UserPoolName",
    "AWS::Cognito::UserPoolDomain": "Domain",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::Scheduler::ScheduleGroup": "Name",
}


def _environment(template: Template, **variables: object) -> None:
    properties(template, "FormIngest")["Environment"]["Variables"].update(variables)


@finds(
    lambda t: properties(t, "FormIngest").update(Architectures=["x86_64"]),
    lambda t: t["Parameters"]["Runtime"].update(Default="python3.11"),
    lambda t: properties(t, "FormIngest").update(Runtime="python3.12"),
)
def functions_run_on_arm_and_python_3_13(stack: Stack) -> Iterator[str]:
    """By default; both are parameters of the whole stack."""
    for name, function in stack.of_type("AWS::Lambda::Function"):
        wanted = stack.parameters.get("Runtime", "python3.13")
        if function["Architectures"] != ["arm64"] or function["Runtime"] != wanted:
            yield f"{name} runs on {function['Runtime']}, {function['Architectures']}"


@finds(
    lambda t: properties(t, "FormIngest").update(ReservedConcurrentExecutions=1),
    lambda t: properties(t, "FormIngest").update(TracingConfig={"Mode": "Active"}),
)
def functions_take_nothing_from_the_account(stack: Stack) -> Iterator[str]:
    """No reserved concurrency, of which new accounts have little; no X-Ray, which wants `*`."""
    for name, function in stack.of_type("AWS::Lambda::Function"):
        if "ReservedConcurrentExecutions" in function or "TracingConfig" in function:
            yield f"{name} reserves concurrency or traces"


@finds(
    lambda t: _environment(t, API={"Ref": "HttpApi"}),
    lambda t: _environment(t, CONSOLE={"Fn::GetAtt": ["Distribution", "DomainName"]}),
    lambda t: _environment(t, BASE={"Fn::Sub": "https://${HttpApi}.execute-api.amazonaws.com"}),
)
def no_environment_names_the_api_or_the_distribution(stack: Stack) -> Iterator[str]:
    """Or they would depend on the functions and the functions on them."""
    for name, function in stack.of_type("AWS::Lambda::Function"):
        for variable, value in function["Environment"]["Variables"].items():
            if any(word in str(value) for word in ("HttpApi", "Distribution", "execute-api")):
                yield f"{name} has {variable}={value}"


@finds(
    lambda t: t["Resources"].pop("FormIngestLogs"),
    lambda t: properties(t, "FormIngestLogs").pop("RetentionInDays"),
    lambda t: properties(t, "FormIngestLogs").update(RetentionInDays=3650),
    lambda t: properties(t, "FormIngestLogs").update(LogGroupName="/aws/lambda/other"),
)
def logs_are_kept_for_a_time(stack: Stack) -> Iterator[str]:
    """Each function has a log group under Lambda's usual name; none is kept for ever."""
    for name, function in stack.of_type("AWS::Lambda::Function"):
        group = stack.named(function["LoggingConfig"].get("LogGroup"))
        wanted = f"/aws/lambda/{function['FunctionName']}"
        if not group or stack.resources[group]["Properties"]["LogGroupName"] != wanted:
            yield f"{name} has no log group"
    for name, group_of in stack.of_type("AWS::Logs::LogGroup"):
        if group_of.get("RetentionInDays") != DAYS[stack.stage]:
            yield f"{name} keeps logs for {group_of.get('RetentionInDays')} days"


@finds(
    lambda t: properties(t, "FormIngest")["LoggingConfig"].update(ApplicationLogLevel="WARN"),
)
def metrics_pass_the_log_level(stack: Stack) -> Iterator[str]:
    """Metrics are log lines at INFO: a higher level would drop them."""
    for name, function in stack.of_type("AWS::Lambda::Function"):
        if function["LoggingConfig"]["ApplicationLogLevel"] not in {"DEBUG", "INFO"}:
            yield f"{name} drops its metrics"


def _watched(stack: Stack) -> set[tuple[str, str]]:
    """Pairs of metric and resource that some alarm watches."""
    pairs: set[tuple[str, str]] = set()
    for _, alarm in stack.of_type("AWS::CloudWatch::Alarm"):
        metrics = [
            query["MetricStat"]["Metric"]
            for query in alarm.get("Metrics", ())
            if "MetricStat" in query
        ] or [alarm]
        for metric in metrics:
            for dimension in metric["Dimensions"]:
                value = dimension["Value"]
                pairs.add((metric["MetricName"], stack.named(value) or value))
    return pairs


def _wanted(stack: Stack) -> Iterator[tuple[str, str]]:
    for name in working(stack):
        yield "ApproximateAgeOfOldestMessage", name
    for name in dead_letters(stack):
        yield "ApproximateNumberOfMessagesVisible", name
    for name, _ in stack.of_type("AWS::Lambda::Function"):
        yield "Errors", name
        yield "Throttles", name
    for name, _ in stack.of_type("AWS::DynamoDB::Table"):
        yield "ReadThrottleEvents", name
        yield "WriteThrottleEvents", name
        yield "SystemErrors", name
    for name, _ in stack.of_type("AWS::ApiGatewayV2::Api"):
        yield "5xx", name
    yield "StopLatency", f"assent-{stack.stage}"
    yield "OrphanedSchedules", f"assent-{stack.stage}"
    yield "MissingSchedules", f"assent-{stack.stage}"


@finds(
    lambda t: t["Resources"].pop("InboundDeadLettersAlarm"),
    lambda t: t["Resources"].pop("InboundAgeAlarm"),
    lambda t: t["Resources"].pop("FormIngestErrorsAlarm"),
    lambda t: t["Resources"].pop("FormIngestThrottlesAlarm"),
    lambda t: t["Resources"].pop("LedgerTableAlarm"),
    lambda t: t["Resources"].pop("ApiFaultsAlarm"),
    lambda t: t["Resources"].pop("StopLatencyAlarm"),
    lambda t: t["Resources"].pop("OrphanedSchedulesAlarm"),
    lambda t: t["Resources"].pop("MissingSchedulesAlarm"),
    lambda t: properties(t, "StopLatencyAlarm")["Dimensions"][0].update(Value="assent"),
    lambda t: properties(t, "InboundAgeAlarm").update(MetricName="Other"),
)
def everything_that_can_fail_has_an_alarm(stack: Stack) -> Iterator[str]:
    """Each queue, its dead letters, each function and table, the API, a late STOP, schedules."""
    if stack.stage == "local":  # the emulator has no metrics
        return
    watched = _watched(stack)
    yield from (
        f"no alarm on {metric} of {name}"
        for metric, name in _wanted(stack)
        if (metric, name) not in watched
    )


@finds(
    lambda t: properties(t, "InboundAgeAlarm").pop("AlarmActions"),
    lambda t: properties(t, "InboundAgeAlarm").pop("TreatMissingData"),
    lambda t: properties(t, "InboundAgeAlarm").pop("AlarmDescription"),
    lambda t: properties(t, "InboundAgeAlarm")["Dimensions"][0].update(
        Value={"Ref": "InboundQueue"}
    ),
)
def alarms_tell_somebody(stack: Stack) -> Iterator[str]:
    """An alarm says what it means, to the topic, and silence is not a failure."""
    for name, alarm in stack.of_type("AWS::CloudWatch::Alarm"):
        if alarm.get("AlarmActions") != ["<AlarmTopic>"] or not alarm.get("AlarmDescription"):
            yield f"{name} tells nobody"
        if alarm.get("TreatMissingData") != "notBreaching":
            yield f"{name} sounds when nothing happens"
        for dimension in alarm.get("Dimensions", ()):
            # A queue's Ref is its URL, which is no dimension.
            if dimension["Name"] == "QueueName" and not dimension["Value"].endswith(".QueueName>"):
                yield f"{name} watches a queue's address"


def _unname(template: Template) -> None:
    properties(template, "AccountsTable")["TableName"] = "accounts"


@finds(_unname, lambda t: properties(t, "FormIngest").pop("FunctionName"))
def names_carry_the_stage(stack: Stack) -> Iterator[str]:
    """Stages of one AWS account never meet."""
    for name, resource in stack.resources.items():
        if key := NAMES.get(resource["Type"]):
            value = str(resource["Properties"].get(key))
            if value != f"assent-{stack.stage}" and not value.startswith(f"assent-{stack.stage}-"):
                yield f"{name} is called {value}"


def _dashboard(template: Template, old: str, new: str) -> None:
    body = properties(template, "Dashboard")["DashboardBody"]
    body["Fn::Sub"] = body["Fn::Sub"].replace(old, new)


@finds(
    lambda t: _dashboard(t, "-keyword_handler", "-keywords"),
    lambda t: _dashboard(t, '"view"', "view"),
)
def the_dashboard_shows_every_queue_function_and_table(stack: Stack) -> Iterator[str]:
    """It names each by its physical name, in valid JSON."""
    if stack.stage == "local":
        return
    ((_, dashboard),) = stack.of_type("AWS::CloudWatch::Dashboard")
    try:
        widgets = json.loads(dashboard["DashboardBody"])["widgets"]
    except ValueError as error:
        yield f"not JSON: {error}"
        return
    shown = {
        cell
        for widget in widgets
        for row in widget["properties"]["metrics"]
        for cell in row
        if isinstance(cell, str)
    }
    keys = (
        ("AWS::SQS::Queue", "QueueName"),
        ("AWS::Lambda::Function", "FunctionName"),
        ("AWS::DynamoDB::Table", "TableName"),
    )
    for kind, key in keys:
        for name, resource in stack.of_type(kind):
            if resource[key] not in shown:
                yield f"{name} is not shown"


@finds(lambda t: t["Outputs"].pop("ConsoleUrl"), lambda t: t["Outputs"].pop("SignInDomain"))
def outputs_say_where_everything_is(stack: Stack) -> Iterator[str]:
    """What the deployment and the local stack read; all values resolve."""
    wanted = {"ConsoleUrl", "ApiUrl", "UserPoolId", "UserPoolClientId", "SignInDomain"}
    if stack.stage != "local":
        wanted |= {"ConsoleBucket", "DistributionId"}
    yield from (f"{name} is missing" for name in sorted(wanted - stack.outputs.keys()))


@finds(
    lambda t: t["Resources"]["Distribution"].pop("Condition"),
    lambda t: properties(t, "FormIngest")["Layers"].append({"Ref": "VendorLayer"}),
)
def the_local_stage_has_no_content_network(stack: Stack) -> Iterator[str]:
    """Locally the front door plays CloudFront, and the environment holds the packages."""
    if stack.stage != "local":
        return
    for name, resource in stack.resources.items():
        elsewhere = resource["Type"].startswith(("AWS::CloudFront", "AWS::WAFv2", "AWS::S3"))
        if elsewhere and name != "ImportsBucket":
            yield f"{name} cannot exist locally"
    for name, function in stack.of_type("AWS::Lambda::Function"):
        missing = [layer for layer in function["Layers"] if not stack.named(layer)]
        if missing:
            yield f"{name} has layers {missing}"
