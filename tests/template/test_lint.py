"""cfn-lint has nothing to say."""

import subprocess
import sys
from pathlib import Path

from tests.template.stack import TEMPLATE


def test_cfn_lint_has_no_finding() -> None:
    result = subprocess.run(
        [Path(sys.executable).with_name("cfn-lint"), TEMPLATE],
        capture_output=True,
        check=False,
        text=True,
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
