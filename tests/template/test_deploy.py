"""The deployment helper, with AWS and the SAM command line stood in for."""

import json
from collections.abc import Mapping
from pathlib import Path

import boto3
import pytest
from moto import mock_aws

from deploy import stage as deploy
from tests.template.stack import Template

OUTPUTS = {
    "ConsoleUrl": "https://d1.cloudfront.net",
    "UserPoolId": "eu-west-1_pool",
    "UserPoolClientId": "client",
    "SignInDomain": "assent-dev-1.auth.eu-west-1.amazoncognito.com",
}


class Sam:
    """Stands in for the SAM command line and the stack that it makes."""

    def __init__(self, *, deployed: bool) -> None:
        self.deployed = deployed
        self.calls: list[tuple[str, ...]] = []

    def run(self, stage: str, *arguments: str, environment: Mapping[str, str]) -> None:
        assert environment["VENDOR_PYTHON"] == "3.13"
        self.calls.append((stage, *arguments))
        self.deployed = self.deployed or arguments[0] == "deploy"

    def outputs(self, stack_name: str) -> dict[str, str]:
        assert stack_name == "assent-dev"
        return OUTPUTS if self.deployed else {}


@pytest.fixture
def sam(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Sam:
    stand_in = Sam(deployed=request.param)
    monkeypatch.setattr(deploy, "sam", stand_in.run)
    monkeypatch.setattr(deploy, "outputs", stand_in.outputs)
    monkeypatch.setattr(deploy, "without_bytecode", lambda: None)
    return stand_in


@pytest.mark.parametrize("sam", [False], indirect=True)
def test_the_first_deployment_runs_again_with_the_address_that_it_made(sam: Sam) -> None:
    made = deploy.deploy("dev", deploy.stages()["dev"])
    assert made == OUTPUTS
    assert sam.calls == [
        ("dev", "build"),
        ("dev", "deploy", "--parameter-overrides", "Stage=dev"),
        (
            "dev",
            "deploy",
            "--parameter-overrides",
            "Stage=dev",
            f"ConsoleUrl={OUTPUTS['ConsoleUrl']}",
        ),
    ]


@pytest.mark.parametrize("sam", [True], indirect=True)
def test_a_later_deployment_keeps_the_address_and_runs_once(sam: Sam) -> None:
    deploy.deploy("dev", deploy.stages()["dev"])
    assert [call[1] for call in sam.calls] == ["build", "deploy"]
    assert f"ConsoleUrl={OUTPUTS['ConsoleUrl']}" in sam.calls[1]


def test_the_vendor_layer_is_built_for_the_chosen_runtime_and_architecture() -> None:
    built = deploy.build_environment({"Runtime": "python3.12", "Architecture": "x86_64"})
    assert (built["VENDOR_PYTHON"], built["VENDOR_PLATFORM"]) == ("3.12", "x86_64-manylinux2014")


def test_stages_set_parameters_that_the_template_has(source: Template) -> None:
    stages = deploy.stages()
    assert stages.keys() == {"dev", "staging", "prod"}
    for stage, settings in stages.items():
        chosen = deploy.parameters(settings)
        assert chosen["Stage"] == stage
        assert chosen.keys() <= source["Parameters"].keys()
        assert settings["stack_name"] == f"assent-{stage}"


@mock_aws
def test_files_are_uploaded_with_the_right_headers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets" / "app-1a2b.js").write_text("1")
    (tmp_path / "index.html").write_text("<html>")
    store = boto3.client("s3")
    store.create_bucket(Bucket="console")

    deploy.upload(tmp_path, "console", deploy.configuration("dev", "eu-west-1", OUTPUTS))

    found = {
        key: (answer["ContentType"], answer["CacheControl"], answer["Body"].read())
        for key in ("assets/app-1a2b.js", "index.html", "config.json")
        for answer in [store.get_object(Bucket="console", Key=key)]
    }
    assert found["assets/app-1a2b.js"][:2] == ("text/javascript", deploy.IMMUTABLE)
    assert found["index.html"][:2] == ("text/html", "no-cache")
    assert found["config.json"][:2] == ("application/json", "no-cache")
    assert json.loads(found["config.json"][2]) == {
        "region": "eu-west-1",
        "userPoolId": "eu-west-1_pool",
        "clientId": "client",
        "signInUrl": "https://assent-dev-1.auth.eu-west-1.amazoncognito.com",
        "stage": "dev",
    }


def test_index_html_comes_last(tmp_path: Path) -> None:
    for name in ("index.html", "zebra.svg", "app.js"):
        (tmp_path / name).write_text("")
    assert [key for key, _ in deploy.files(tmp_path)] == ["app.js", "zebra.svg", "index.html"]


def test_a_missing_console_is_said_before_anything_is_deployed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setattr(deploy, "CONSOLE", tmp_path)
    assert deploy.main(["dev"]) == 1
    assert "console is not built" in capsys.readouterr().err
