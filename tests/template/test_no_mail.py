"""C2: an e-mail address tells contacts apart; nothing is ever sent to one."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "layers" / "assent" / "python" / "assent"
MAIL = {"smtplib", "ses", "sesv2", "pinpoint-email"}


def mentions(source: str) -> set[str]:
    """Name what a module uses of that which sends mail: modules, and clients by their names."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(node.module or "")
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            found.add(node.value)
    return found & MAIL


def test_no_module_sends_mail() -> None:
    """C2."""
    modules = [*PACKAGE.rglob("*.py"), *(ROOT / "functions").rglob("*.py")]
    assert {path.name: mentions(path.read_text("utf-8")) for path in modules} == {
        path.name: set() for path in modules
    }
    assert mentions('import smtplib\nboto3.client("sesv2")') == {"smtplib", "sesv2"}


def test_no_role_may_send_mail() -> None:
    """C2."""
    template = (ROOT / "template.yaml").read_text("utf-8")
    sends = re.compile(r"\bses:[A-Z*]")
    assert sends.findall(template) == []
    assert sends.findall("- ses:SendEmail") == ["ses:S"]
