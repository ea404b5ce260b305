"""Deploys a stage to AWS: `python -m deploy.stage dev`.

Builds, deploys, and deploys once more when the console's address was not known yet (the sign-in
must know it, and CloudFront makes it up). Then uploads the built console with its configuration.
Uses the AWS credentials and region of the environment; stages are those of samconfig.toml.
"""

import argparse
import json
import mimetypes
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
from botocore.exceptions import ClientError

ROOT = Path(__file__).parents[1]
CONSOLE = ROOT / "console" / "dist"
PLATFORMS = {"arm64": "aarch64-manylinux2014", "x86_64": "x86_64-manylinux2014"}
# Vite puts a hash of the content into the names below assets/, so these never change.
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATED = "no-cache"


class DeploymentError(Exception):
    """A step failed; the message says which and what to do."""


def stages() -> dict[str, Any]:
    """Return the deployment settings of each stage in samconfig.toml."""
    config = tomllib.loads((ROOT / "samconfig.toml").read_text(encoding="utf-8"))
    tables = ((name, part) for name, part in config.items() if isinstance(part, dict))
    return {name: part["deploy"]["parameters"] for name, part in tables if "deploy" in part}


def parameters(settings: Mapping[str, Any]) -> dict[str, str]:
    """Return the template parameters that a stage sets."""
    return dict(pair.split("=", 1) for pair in settings["parameter_overrides"])


def build_environment(chosen: Mapping[str, str]) -> dict[str, str]:
    """Return the environment that builds the layers for the chosen runtime and architecture."""
    return {
        **os.environ,
        # uv lies beside the interpreter that runs this.
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "SAM_CLI_TELEMETRY": "0",
        "VENDOR_PYTHON": chosen.get("Runtime", "python3.13").removeprefix("python"),
        "VENDOR_PLATFORM": PLATFORMS[chosen.get("Architecture", "arm64")],
    }


def sam(stage: str, *arguments: str, environment: Mapping[str, str]) -> None:
    """Run the SAM command line, kept in an environment of its own."""
    command = [str(ROOT / ".venv-sam" / "bin" / "sam"), *arguments, "--config-env", stage]
    print(f"→ sam {' '.join(arguments)}", flush=True)
    try:
        subprocess.run(command, check=True, cwd=ROOT, env=environment)  # noqa: S603 -- our own words
    except FileNotFoundError:
        raise DeploymentError("The SAM command line is missing: install it in .venv-sam.") from None
    except subprocess.CalledProcessError as error:
        raise DeploymentError(f"sam {arguments[0]} failed; its last lines say why.") from error


def without_bytecode() -> None:
    """Drop what local runs left in the functions' folders: it would be uploaded with them."""
    for folder in (ROOT / "functions").rglob("__pycache__"):
        shutil.rmtree(folder)


def outputs(stack_name: str) -> dict[str, str]:
    """Return the outputs of the stack, and nothing before it is there."""
    try:
        answer = boto3.client("cloudformation").describe_stacks(StackName=stack_name)
    except ClientError as error:
        if "does not exist" in str(error):
            return {}
        raise
    stack = answer["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def deploy(stage: str, settings: Mapping[str, Any]) -> dict[str, str]:
    """Deploy, and again where the console's address came out of the first time."""
    chosen = parameters(settings)
    environment = build_environment(chosen)
    known = outputs(settings["stack_name"]).get("ConsoleUrl", "")
    without_bytecode()
    sam(stage, "build", environment=environment)
    for _ in range(2):
        if known:
            chosen["ConsoleUrl"] = known
        pairs = [f"{name}={value}" for name, value in chosen.items()]
        sam(stage, "deploy", "--parameter-overrides", *pairs, environment=environment)
        made = outputs(settings["stack_name"])
        if made["ConsoleUrl"] == known:
            return made
        known = made["ConsoleUrl"]
    return made


def configuration(stage: str, region: str, made: Mapping[str, str]) -> dict[str, str]:
    """Return what the console reads at its start."""
    return {
        "region": region,
        "userPoolId": made["UserPoolId"],
        "clientId": made["UserPoolClientId"],
        "signInUrl": f"https://{made['SignInDomain']}",
        "stage": stage,
    }


def files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the console's files, index.html last: what it refers to is there before it is."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    for path in sorted(found, key=lambda path: path.name == "index.html"):
        yield path.relative_to(folder).as_posix(), path


def upload(folder: Path, bucket: str, settings: Mapping[str, str]) -> None:
    """Upload the console and its configuration. Old assets stay: open pages still load them."""
    store = boto3.client("s3")
    store.put_object(
        Bucket=bucket,
        Key="config.json",
        Body=json.dumps(settings).encode(),
        ContentType="application/json",
        CacheControl=REVALIDATED,
    )
    for key, path in files(folder):
        store.put_object(
            Bucket=bucket,
            Key=key,
            Body=path.read_bytes(),
            ContentType=mimetypes.guess_type(key)[0] or "application/octet-stream",
            CacheControl=IMMUTABLE if key.startswith("assets/") else REVALIDATED,
        )


def invalidate(distribution: str) -> None:
    """Make CloudFront fetch everything anew that is not immutable; one path costs one request."""
    boto3.client("cloudfront").create_invalidation(
        DistributionId=distribution,
        InvalidationBatch={
            "Paths": {"Quantity": 1, "Items": ["/*"]},
            "CallerReference": str(uuid4()),
        },
    )


def ready() -> str:
    """Return the region to deploy to, or say what is missing before anything is changed."""
    region = boto3.session.Session().region_name
    if not region:
        raise DeploymentError(
            "No region is chosen: set AWS_DEFAULT_REGION, or one in your profile."
        )
    if not (CONSOLE / "index.html").is_file():
        raise DeploymentError("The console is not built: console/dist/index.html is missing.")
    return region


def main(arguments: list[str]) -> int:
    """Deploy the stage that is named; 0 when all went well."""
    known = stages()
    parser = argparse.ArgumentParser(description="Deploy a stage to AWS.")
    parser.add_argument("stage", choices=sorted(known))
    stage = parser.parse_args(arguments).stage
    try:
        region = ready()
        made = deploy(stage, known[stage])
        print("→ uploading the console", flush=True)
        upload(CONSOLE, made["ConsoleBucket"], configuration(stage, region, made))
        invalidate(made["DistributionId"])
    except DeploymentError as error:
        print(f"Not deployed: {error}", file=sys.stderr)
        return 1
    print(f"\n{stage} is deployed.")
    for name in ("ConsoleUrl", "ApiUrl", "UserPoolId"):
        print(f"  {name:12}{made[name]}")
    print("The first user: docs/operations.md, “The first user”.")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
