"""Rules on tables, queues and secrets."""

from collections.abc import Iterator

from tests.template.rule import finds, properties
from tests.template.stack import Stack, Template

KEPT = {
    "AWS::Cognito::UserPool",
    "AWS::DynamoDB::Table",
    "AWS::SecretsManager::Secret",
}
FOURTEEN_DAYS = 14 * 24 * 3600


def _table(template: Template, **changes: object) -> None:
    properties(template, "ConsentTable").update(changes)


def _queue(template: Template, **changes: object) -> None:
    properties(template, "InboundQueue").update(changes)


def _mapping(template: Template) -> Template:
    return properties(template, "KeywordHandlerInbound")


def dead_letters(stack: Stack) -> set[str]:
    """Queues that hold what failed: the targets of queues, and those that nothing redrives into."""
    targets = {
        stack.named(queue["RedrivePolicy"]["deadLetterTargetArn"])
        for _, queue in stack.of_type("AWS::SQS::Queue")
        if "RedrivePolicy" in queue
    }
    denying = {
        name
        for name, queue in stack.of_type("AWS::SQS::Queue")
        if queue.get("RedriveAllowPolicy") == {"redrivePermission": "denyAll"}
    }
    return targets | denying


def working(stack: Stack) -> dict[str, Template]:
    """Queues that work goes through."""
    dead = dead_letters(stack)
    return {name: q for name, q in stack.of_type("AWS::SQS::Queue") if name not in dead}


@finds(lambda t: _table(t, BillingMode="PROVISIONED"), lambda t: _table(t, KeySchema=[]))
def tables_are_on_demand_with_one_key_shape(stack: Stack) -> Iterator[str]:
    """Every table is paid for by request and keyed by pk and sk."""
    for name, table in stack.of_type("AWS::DynamoDB::Table"):
        if table.get("BillingMode") != "PAY_PER_REQUEST":
            yield f"{name} is not on demand"
        if [key["AttributeName"] for key in table["KeySchema"]] != ["pk", "sk"]:
            yield f"{name} has other keys"


@finds(lambda t: _table(t, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}))
def tables_can_be_restored(stack: Stack) -> Iterator[str]:
    """Every table has point-in-time recovery."""
    for name, table in stack.of_type("AWS::DynamoDB::Table"):
        recovery = table.get("PointInTimeRecoverySpecification", {})
        if recovery.get("PointInTimeRecoveryEnabled") is not True:
            yield f"{name} has no point-in-time recovery"


@finds(
    lambda t: _table(t, SSESpecification={"SSEEnabled": False}),
    lambda t: _queue(t, SqsManagedSseEnabled=False),
    lambda t: _queue(t, SqsManagedSseEnabled=True, KmsMasterKeyId={"Ref": "AWS::NoValue"}),
    lambda t: properties(t, "FormIngestLogs").pop("KmsKeyId"),
    lambda t: properties(t, "PseudonymSecret").pop("KmsKeyId"),
)
def data_is_encrypted(stack: Stack) -> Iterator[str]:
    """By AWS's own keys, or all of it by the operator's key where one is given."""
    key = stack.parameters.get("KmsKeyArn", "")
    for name, table in stack.of_type("AWS::DynamoDB::Table"):
        wanted: dict[str, object] = {"SSEEnabled": False}
        if key:
            wanted = {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
        if table.get("SSESpecification") != wanted:
            yield f"{name} is encrypted otherwise"
    for name, queue in stack.of_type("AWS::SQS::Queue"):
        if queue.get("SqsManagedSseEnabled") is not (not key) or (
            queue.get("KmsMasterKeyId", "") != key
        ):
            yield f"{name} is encrypted otherwise"
    for kind in ("AWS::Logs::LogGroup", "AWS::SecretsManager::Secret"):
        for name, resource in stack.of_type(kind):
            if resource.get("KmsKeyId", "") != key:
                yield f"{name} is encrypted otherwise"


@finds(
    lambda t: _table(t, DeletionProtectionEnabled=False),
    lambda t: properties(t, "UserPool").pop("DeletionProtection"),
    lambda t: t["Resources"]["ConsentTable"].update(DeletionPolicy="Delete"),
    lambda t: t["Resources"]["UserPool"].pop("UpdateReplacePolicy"),
    lambda t: t["Resources"]["PseudonymSecret"].pop("DeletionPolicy"),
)
def what_cannot_be_made_again_is_kept(stack: Stack) -> Iterator[str]:
    """Tables, users and the secret outlive the stack; in production nothing deletes them."""
    for name, resource in stack.resources.items():
        if resource["Type"] in KEPT and (
            resource.get("DeletionPolicy") not in {"Retain", "RetainExceptOnCreate"}
            or resource.get("UpdateReplacePolicy") != "Retain"
        ):
            yield f"{name} goes with the stack"
    if stack.stage == "prod":
        for name, table in stack.of_type("AWS::DynamoDB::Table"):
            if table.get("DeletionProtectionEnabled") is not True:
                yield f"{name} is not protected"
        for name, pool in stack.of_type("AWS::Cognito::UserPool"):
            if pool.get("DeletionProtection") != "ACTIVE":
                yield f"{name} is not protected"


@finds(
    lambda t: properties(t, "AccountsTable").pop("TimeToLiveSpecification"),
    lambda t: properties(t, "ContactsTable").pop("TimeToLiveSpecification"),
    lambda t: _table(t, TimeToLiveSpecification={"AttributeName": "expires_at", "Enabled": True}),
)
def only_counters_and_jobs_expire(stack: Stack) -> Iterator[str]:
    """Counters of health, jobs and exports expire; consent never, least of all an opt-out (O11)."""
    for name, table in stack.of_type("AWS::DynamoDB::Table"):
        expiring = table.get("TimeToLiveSpecification", {}).get("AttributeName")
        some_expire = name in ("AccountsTable", "ContactsTable")
        if expiring != ("expires_at" if some_expire else None):
            yield f"{name} expires by {expiring}"


@finds(
    lambda t: properties(t, "InboundQueue").pop("RedrivePolicy"),
    lambda t: _queue(t, RedrivePolicy=properties(t, "OutboundQueue")["RedrivePolicy"]),
    lambda t: properties(t, "InboundDeadLetters").update(MessageRetentionPeriod=FOURTEEN_DAYS - 1),
    lambda t: properties(t, "InboundDeadLetters").pop("RedriveAllowPolicy"),
    lambda t: _queue(t, MessageRetentionPeriod=FOURTEEN_DAYS),
    lambda t: _queue(t, FifoQueue=True),
)
def queues_have_dead_letters_of_their_own(stack: Stack) -> Iterator[str]:
    """Standard queues; what failed stays 14 days, and at least a week after it failed."""
    seen: set[str] = set()
    for name, queue in working(stack).items():
        redrive = queue.get("RedrivePolicy", {})
        target = stack.named(redrive.get("deadLetterTargetArn"))
        if not target or target in seen:
            yield f"{name} has no dead letters of its own"
            continue
        seen.add(target)
        dead = stack.resources[target]["Properties"]
        if dead.get("MessageRetentionPeriod") != FOURTEEN_DAYS:
            yield f"{target} forgets too early"
        if queue["MessageRetentionPeriod"] > FOURTEEN_DAYS // 2:
            yield f"{name} may pass on messages that are about to expire"
        arn = f"arn:aws:sqs:us-east-1:123456789012:{queue['QueueName']}"
        if dead.get("RedriveAllowPolicy", {}).get("sourceQueueArns") != [arn]:
            yield f"{target} takes messages from other queues"
        if dead["QueueName"] != f"{queue['QueueName']}-dead":
            yield f"{target} has another name than its queue"
    for name, queue in stack.of_type("AWS::SQS::Queue"):
        if queue.get("FifoQueue"):
            yield f"{name} is not a standard queue"


@finds(
    lambda t: _queue(t, VisibilityTimeout=179),
    lambda t: properties(t, "KeywordHandler").update(Timeout=60),
    lambda t: _mapping(t).update(MaximumBatchingWindowInSeconds=60),
)
def messages_stay_hidden_while_they_are_worked_on(stack: Stack) -> Iterator[str]:
    """Six times the function's time-out and the batching window on top, as AWS advises."""
    for name, mapping in stack.of_type("AWS::Lambda::EventSourceMapping"):
        queue = stack.resources[stack.named(mapping["EventSourceArn"])]["Properties"]
        function = stack.resources[stack.named(mapping["FunctionName"])]["Properties"]
        window = mapping.get("MaximumBatchingWindowInSeconds", 0)
        if queue.get("VisibilityTimeout", 30) < 6 * function["Timeout"] + window:
            yield f"{name}: messages come back too early"


@finds(
    lambda t: _mapping(t).pop("FunctionResponseTypes"),
    lambda t: _mapping(t).pop("ScalingConfig"),
    lambda t: _mapping(t).update(BatchSize=11),
)
def batches_fail_by_message(stack: Stack) -> Iterator[str]:
    """Partial batch responses, bounded concurrency, batches that one request can delete."""
    for name, mapping in stack.of_type("AWS::Lambda::EventSourceMapping"):
        if mapping.get("FunctionResponseTypes") != ["ReportBatchItemFailures"]:
            yield f"{name} repeats whole batches"
        if not mapping.get("ScalingConfig", {}).get("MaximumConcurrency"):
            yield f"{name} may take all concurrency"
        if mapping.get("BatchSize", 10) > 10:
            yield f"{name} takes more than ten messages"


@finds(lambda t: t["Resources"].pop("KeywordHandlerInbound"))
def every_queue_is_worked_on_once(stack: Stack) -> Iterator[str]:
    """Each queue feeds one function; dead letters feed none."""
    fed = [
        stack.named(m["EventSourceArn"])
        for _, m in stack.of_type("AWS::Lambda::EventSourceMapping")
    ]
    if sorted(fed) != sorted(working(stack)):
        yield f"queues {sorted(working(stack))}, mapped {sorted(fed)}"


@finds(lambda t: t["Resources"].pop("InboundQueuePolicy"))
def queues_refuse_insecure_transport(stack: Stack) -> Iterator[str]:
    """Each queue, dead letters too, denies requests without TLS, which only the emulator lacks."""
    if stack.stage == "local":
        return
    secure = {
        stack.named(queue)
        for _, policy in stack.of_type("AWS::SQS::QueuePolicy")
        for queue in policy["Queues"]
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Resource"] == f"<{stack.named(queue)}.Arn>"
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }
    for name, _ in stack.of_type("AWS::SQS::Queue"):
        if name not in secure:
            yield f"{name} accepts insecure transport"


@finds(
    lambda t: t["Resources"].pop("ImportsBucketPolicy"),
    lambda t: properties(t, "ImportsBucketPolicy")["PolicyDocument"]["Statement"].clear(),
)
def buckets_refuse_insecure_transport(stack: Stack) -> Iterator[str]:
    """Each bucket and all in it, but for the emulator's, which has no TLS."""
    secure = {
        stack.named(policy["Bucket"])
        for _, policy in stack.of_type("AWS::S3::BucketPolicy")
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and len(statement["Resource"]) == len(("the bucket", "its objects"))
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    }
    for name, _ in stack.of_type("AWS::S3::Bucket"):
        if name not in secure and stack.stage != "local":
            yield f"{name} accepts insecure transport"


@finds(
    lambda t: properties(t, "ImportsBucket").pop("LifecycleConfiguration"),
    lambda t: properties(t, "ImportsBucket")["LifecycleConfiguration"]["Rules"][0].update(
        Status="Disabled"
    ),
)
def files_of_imports_go_after_ninety_days(stack: Stack) -> Iterator[str]:
    """Uploaded lists are personal data: kept as long as the list of imports promises, no longer."""
    rules = stack.resources["ImportsBucket"]["Properties"].get("LifecycleConfiguration", {})
    days = [
        rule["ExpirationInDays"]
        for rule in rules.get("Rules", ())
        if rule["Status"] == "Enabled" and rule["Prefix"] == "imports/"
    ]
    if days != [90]:
        yield f"files of imports are kept for {days} days"


@finds(
    lambda t: properties(t, "ImportsBucket").pop("LifecycleConfiguration"),
    lambda t: properties(t, "ImportsBucket")["LifecycleConfiguration"]["Rules"][1].update(
        ExpirationInDays=8
    ),
    lambda t: properties(t, "ImportsBucket")["LifecycleConfiguration"]["Rules"][1].pop(
        "AbortIncompleteMultipartUpload"
    ),
)
def exported_files_go_after_seven_days(stack: Stack) -> Iterator[str]:
    """A file of all contacts is not left lying about, nor are parts of one (C10)."""
    rules = stack.resources["ImportsBucket"]["Properties"].get("LifecycleConfiguration", {})
    kept = [
        (rule["ExpirationInDays"], rule.get("AbortIncompleteMultipartUpload"))
        for rule in rules.get("Rules", ())
        if rule["Status"] == "Enabled" and rule["Prefix"] == "exports/"
    ]
    if kept != [(7, {"DaysAfterInitiation": 1})]:
        yield f"exported files are kept for {kept}"


@finds(
    lambda t: properties(t, "PseudonymSecret").update(SecretString="known"),
    lambda t: properties(t, "FormIngest")["Environment"]["Variables"].update(API_TOKEN="x"),
    lambda t: t["Parameters"].update(ProviderPassword={"Type": "String"}),
)
def secrets_are_made_by_aws(stack: Stack) -> Iterator[str]:
    """No secret is in the template, its parameters or an environment."""
    for name, secret in stack.of_type("AWS::SecretsManager::Secret"):
        if "GenerateSecretString" not in secret or "SecretString" in secret:
            yield f"{name} has a value that somebody knows"
    telling = ("PASSWORD", "TOKEN", "API_KEY", "SECRET", "CREDENTIAL")
    for parameter in stack.template["Parameters"]:
        if any(word.replace("_", "") in parameter.upper() for word in telling):
            yield f"{parameter} asks for a secret"
    for name, function in stack.of_type("AWS::Lambda::Function"):
        for variable, value in function["Environment"]["Variables"].items():
            if any(word in variable for word in telling) and not stack.named(value):
                yield f"{name} has {variable} in its environment"
