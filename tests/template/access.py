"""Rules on who may do what."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from tests.template.rule import finds, properties
from tests.template.stack import Node, Stack, Template

# All that a wildcard may stand for: entries below one path of the stack's own.
BELOW_A_PATH = (
    "arn:aws:ssm:us-east-1:123456789012:parameter/assent/{stage}/provider/*",
    "arn:aws:scheduler:us-east-1:123456789012:schedule/<ScheduleGroup>/*",
    "<ConsoleBucket.Arn>/*",
    "<ImportsBucket.Arn>/imports/*",
    "<ImportsBucket.Arn>/exports/*",
)
# An action that knows no resources; whoever has it reads names of schedules, and nothing else.
ON_EVERYTHING = ("BroadcastPlannerRole", ["scheduler:ListSchedules"], ["*"])
CONSUME = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
APPEND = {"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:ConditionCheckItem"}
# Erasure takes evidence and salt from an event, whose commitment stays in the chain (P5).
ERASES = ("QueueRouterRole", "dynamodb:UpdateItem")


class Grant(NamedTuple):
    """One allowing statement of a policy."""

    owner: str
    actions: list[str]
    resources: list[str]
    condition: Template


def _listed(value: Node) -> list[str]:
    return value if isinstance(value, list) else [value]


def grants(stack: Stack) -> Iterator[Grant]:
    """Every allowing statement, wherever a policy can stand."""
    for owner, resource in stack.resources.items():
        held = resource.get("Properties", {})
        documents = [held["PolicyDocument"]] if "PolicyDocument" in held else []
        documents += [
            policy["PolicyDocument"]
            for policy in held.get("Policies", ())
            if isinstance(policy, dict)
        ]
        for document in documents:
            for statement in document["Statement"]:
                if statement["Effect"] == "Allow":
                    yield Grant(
                        owner,
                        _listed(statement.get("Action", "*")),
                        _listed(statement.get("Resource", "*")),
                        statement.get("Condition", {}),
                    )


def _role_of(stack: Stack, function: Template) -> str:
    return stack.named(function.get("Role"))


def _allow(template: Template, role: str, action: str, resource: object) -> None:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    document = properties(template, role)["Policies"][0]["PolicyDocument"]
    document["Statement"].append(statement)


def _mapped(stack: Stack) -> Iterator[tuple[str, str, str, Template]]:
    for name, mapping in stack.of_type("AWS::Lambda::EventSourceMapping"):
        function = stack.named(mapping["FunctionName"])
        yield name, function, stack.named(mapping["EventSourceArn"]), mapping


@finds(
    lambda t: _allow(t, "FormIngestRole", "sqs:SendMessage", "*"),
    lambda t: _allow(t, "ConsoleApiRole", "sqs:SendMessage", {"Fn::Sub": "arn:aws:sqs:*:*:assent"}),
    lambda t: _allow(t, "SchedulerRole", "sqs:SendMessage", "arn:aws:sqs:us-east-1:1:assent-*"),
    lambda t: _allow(t, "ConsoleApiRole", "scheduler:ListSchedules", "*"),
    lambda t: _allow(t, "BroadcastPlannerRole", "scheduler:DeleteSchedule", "*"),
)
def resources_are_named(stack: Stack) -> Iterator[str]:
    """No permission is for everything, but the one to list schedules, which cannot be otherwise."""
    below = {path.format(stage=stack.stage) for path in BELOW_A_PATH}
    for grant in grants(stack):
        if (grant.owner, grant.actions, grant.resources) == ON_EVERYTHING:
            continue
        for resource in grant.resources:
            if "*" in resource and resource not in below:
                yield f"{grant.owner} may {grant.actions} on {resource}"


@finds(
    lambda t: _allow(t, "FormIngestRole", "sqs:*", {"Fn::GetAtt": ["InboundQueue", "Arn"]}),
    lambda t: _allow(t, "FormIngestRole", "dynamodb:Get*", {"Fn::GetAtt": ["LedgerTable", "Arn"]}),
)
def actions_are_named(stack: Stack) -> Iterator[str]:
    """Nobody may do everything, or everything that begins alike."""
    for grant in grants(stack):
        yield from (f"{grant.owner} may {action}" for action in grant.actions if "*" in action)


@finds(
    lambda t: properties(t, "FormIngestRole").update(
        ManagedPolicyArns=["arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"]
    )
)
def no_role_uses_a_policy_of_aws(stack: Stack) -> Iterator[str]:
    """Policies that AWS manages are for every resource, so roles use the stack's own only."""
    for name, role in stack.of_type("AWS::IAM::Role"):
        for policy in role.get("ManagedPolicyArns", ()):
            if not stack.named(policy):
                yield f"{name} uses {policy}"


@finds(
    lambda t: properties(t, "FormIngest").pop("Role"),
    lambda t: properties(t, "FormIngest").update(Role="arn:aws:iam::123456789012:role/any"),
    lambda t: properties(t, "FormIngest").update(Role={"Fn::GetAtt": ["ConsoleApiRole", "Arn"]}),
)
def each_function_has_a_role_of_its_own(stack: Stack) -> Iterator[str]:
    """One role in the template for each function, used by it alone."""
    used = Counter(_role_of(stack, f) for _, f in stack.of_type("AWS::Lambda::Function"))
    for name, function in stack.of_type("AWS::Lambda::Function"):
        role = _role_of(stack, function)
        if not role:
            yield f"{name} has no role of the template"
        elif used[role] > 1:
            yield f"{name} shares {role}"


@finds(
    lambda t: properties(t, "FormIngestRole")["AssumeRolePolicyDocument"]["Statement"][0].update(
        Principal={"AWS": "*"}
    )
)
def roles_are_for_one_service(stack: Stack) -> Iterator[str]:
    """A function's role is for Lambda; the only other one is for Scheduler, from its own group."""
    functions = {_role_of(stack, f) for _, f in stack.of_type("AWS::Lambda::Function")}
    for name, role in stack.of_type("AWS::IAM::Role"):
        service = "lambda" if name in functions else "scheduler"
        for statement in role["AssumeRolePolicyDocument"]["Statement"]:
            if statement["Principal"] != {"Service": f"{service}.amazonaws.com"}:
                yield f"{name} can be taken by {statement['Principal']}"
            if service == "scheduler" and "Condition" not in statement:
                yield f"{name} can be taken from any account's schedules"


@finds(
    lambda t: _allow(
        t, "FormIngestRole", "logs:PutLogEvents", {"Fn::GetAtt": ["ConsoleApiLogs", "Arn"]}
    ),
    lambda t: properties(t, "FormIngest")["LoggingConfig"].update(
        LogGroup={"Ref": "ConsoleApiLogs"}
    ),
)
def functions_write_their_own_logs_only(stack: Stack) -> Iterator[str]:
    """A role may write to the log group that its function is told to use, and to no other."""
    for name, function in stack.of_type("AWS::Lambda::Function"):
        group = stack.named(function.get("LoggingConfig", {}).get("LogGroup"))
        role = _role_of(stack, function)
        written = {
            stack.named(resource)
            for grant in grants(stack)
            if grant.owner == role and any(action.startswith("logs:") for action in grant.actions)
            for resource in grant.resources
        }
        if written != {group}:
            yield f"{name} logs to {group}, its role may write to {sorted(written)}"


@finds(
    lambda t: _allow(
        t, "ConsoleApiRole", "dynamodb:DeleteItem", {"Fn::GetAtt": ["LedgerTable", "Arn"]}
    ),
    lambda t: _allow(
        t, "KeywordHandlerRole", "dynamodb:UpdateItem", {"Fn::GetAtt": ["LedgerTable", "Arn"]}
    ),
    lambda t: _allow(
        t, "QueueRouterRole", "dynamodb:BatchWriteItem", {"Fn::GetAtt": ["LedgerTable", "Arn"]}
    ),
)
def the_ledger_is_only_appended_to(stack: Stack) -> Iterator[str]:
    """Nobody may delete an event of the ledger, and only erasure may change one (P1, P5)."""
    for grant in grants(stack):
        if any(stack.named(resource) == "LedgerTable" for resource in grant.resources):
            for action in set(grant.actions) - APPEND:
                if (grant.owner, action) == ERASES:
                    continue
                yield f"{grant.owner} may {action} on the ledger"


@finds(
    lambda t: _allow(
        t, "MessageSenderRole", "dynamodb:PartiQLInsert", {"Fn::GetAtt": ["MessagesTable", "Arn"]}
    ),
    lambda t: _allow(
        t, "BroadcastFanoutRole", "dynamodb:PartiQLInsert", {"Fn::GetAtt": ["ConsentTable", "Arn"]}
    ),
    lambda t: _allow(
        t, "BroadcastFanoutRole", "dynamodb:PartiQLDelete", {"Fn::GetAtt": ["MessagesTable", "Arn"]}
    ),
)
def statements_only_claim_copies(stack: Stack) -> Iterator[str]:
    """PartiQL is used for one thing: to create the claims of copies, many in a call."""
    wanted = ("BroadcastFanoutRole", "dynamodb:PartiQLInsert", "MessagesTable")
    for grant in grants(stack):
        for action in grant.actions:
            targets = {stack.named(resource) for resource in grant.resources}
            if "PartiQL" in action and (grant.owner, action, *targets) != wanted:
                yield f"{grant.owner} may {action} on {sorted(targets)}"


@finds(
    lambda t: _allow(
        t, "FormIngestRole", "sqs:ReceiveMessage", {"Fn::GetAtt": ["InboundQueue", "Arn"]}
    ),
    lambda t: properties(t, "KeywordHandlerInbound").update(
        EventSourceArn={"Fn::GetAtt": ["PlansQueue", "Arn"]}
    ),
)
def functions_consume_what_is_mapped_to_them(stack: Stack) -> Iterator[str]:
    """A role may receive from exactly the queues that Lambda polls for its function."""
    for name, function in stack.of_type("AWS::Lambda::Function"):
        mapped = {queue for _, mapped_to, queue, _ in _mapped(stack) if mapped_to == name}
        held: dict[str, set[str]] = {}
        for grant in grants(stack):
            if grant.owner == _role_of(stack, function):
                for resource in grant.resources:
                    held.setdefault(stack.named(resource), set()).update(grant.actions)
        received = {target for target, actions in held.items() if actions & CONSUME}
        if received != mapped:
            yield f"{name} is mapped to {sorted(mapped)} and may consume {sorted(received)}"
        for queue in mapped:
            if not held.get(queue, set()) >= CONSUME:
                yield f"{name} lacks a permission to consume {queue}"


@finds(
    lambda t: _allow(
        t, "BroadcastPlannerRole", "iam:PassRole", {"Fn::GetAtt": ["SchedulerRole", "Arn"]}
    ),
    lambda t: _allow(
        t, "SchedulerRole", "sqs:SendMessage", {"Fn::GetAtt": ["OutboundQueue", "Arn"]}
    ),
)
def scheduler_can_only_start_plans(stack: Stack) -> Iterator[str]:
    """Its role sends to [plans] and its dead letters; it alone can be passed, to Scheduler only."""
    condition = {"StringEquals": {"iam:PassedToService": "scheduler.amazonaws.com"}}
    for grant in grants(stack):
        targets = {stack.named(resource) for resource in grant.resources}
        if "iam:PassRole" in grant.actions and (
            targets != {"SchedulerRole"} or grant.condition != condition
        ):
            yield f"{grant.owner} may pass {sorted(targets)} under {grant.condition}"
        if grant.owner == "SchedulerRole" and (
            set(grant.actions) != {"sqs:SendMessage"}
            or not targets <= {"PlansQueue", "SchedulesDeadLetters"}
        ):
            yield f"Scheduler may {grant.actions} on {sorted(targets)}"


@finds(
    lambda t: _allow(
        t, "FormIngestRole", "s3:GetObject", {"Fn::Sub": "${ImportsBucket.Arn}/imports/*"}
    ),
    lambda t: _allow(
        t, "ContactImportRole", "s3:DeleteObject", {"Fn::Sub": "${ImportsBucket.Arn}/imports/*"}
    ),
    lambda t: _allow(
        t, "ConsoleApiRole", "s3:PutObject", {"Fn::Sub": "${ImportsBucket.Arn}/exports/*"}
    ),
)
def files_of_imports_are_for_the_api_and_the_importer(stack: Stack) -> Iterator[str]:
    """They put and get objects below one path, and may ask whether one is there."""
    for grant in grants(stack):
        if any("<ImportsBucket." in resource for resource in grant.resources):
            if grant.owner not in {"ConsoleApiRole", "ContactImportRole"}:
                yield f"{grant.owner} reaches the files of imports"
            allowed = {"s3:GetObject", "s3:PutObject", "s3:ListBucket"}
            if grant.resources == ["<ImportsBucket.Arn>/exports/*"]:
                # Only the worker writes exports, of which it reads what it holds for the next part;
                # and only the API makes links to them.
                allowed = {
                    "ConsoleApiRole": {"s3:GetObject"},
                    "ContactImportRole": {
                        "s3:AbortMultipartUpload",
                        "s3:GetObject",
                        "s3:PutObject",
                    },
                }.get(grant.owner, set())
            if not set(grant.actions) <= allowed:
                yield f"{grant.owner} may {grant.actions} on them"


@finds(
    lambda t: _allow(t, "FormIngestRole", "ssm:PutParameter", "arn:aws:ssm:us-east-1:1:parameter/x")
)
def provider_secrets_stay_below_their_path(stack: Stack) -> Iterator[str]:
    """Parameters are read and written below /assent/<stage>/provider/ only."""
    path = BELOW_A_PATH[0].format(stage=stack.stage)
    for grant in grants(stack):
        if any(action.startswith("ssm:") for action in grant.actions):
            yield from (f"{grant.owner} reaches {r}" for r in grant.resources if r != path)


@finds(lambda t: properties(t, "KeyUse").update(PolicyDocument={"Statement": []}))
def a_key_of_ones_own_can_be_used_by_every_role(stack: Stack) -> Iterator[str]:
    """With a key, every role that touches encrypted data may use it."""
    key = str(stack.parameters.get("KmsKeyArn", ""))
    if not key:
        return
    users = {g.owner for g in grants(stack) if "kms:Decrypt" in g.actions and key in g.resources}
    for name, role in stack.of_type("AWS::IAM::Role"):
        if not users & {stack.named(policy) for policy in role.get("ManagedPolicyArns", ())}:
            yield f"{name} may not use the key"
