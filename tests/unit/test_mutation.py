"""What `make mutate` says of the results (docs/mutation.md)."""

import pytest

from tools import mutation

LISTING = """
    assent.sms.segments.x_segment__mutmut_1: killed
    assent.sms.segments.x_segment__mutmut_2: survived
    assent.sms.segments.x__fill__mutmut_1: timeout
    assent.sms.templates.xǁTemplateǁrender__mutmut_3: no tests
    assent.sms.templates.x_compile__mutmut_4: not checked
"""


def test_the_report_counts_what_was_caught_and_names_the_rest() -> None:
    report = mutation.report(mutation.outcomes(LISTING))

    assert [" ".join(line.split()) for line in report.splitlines()] == [
        "assent.sms.segments 2 of 3 caught 66.7 %",
        "assent.sms.templates 0 of 1 caught 0.0 %",
        "together 2 of 4 caught 50.0 %",
        "survived: assent.sms.segments.x_segment__mutmut_2",
        "no tests: assent.sms.templates.xǁTemplateǁrender__mutmut_3",
    ]


@pytest.mark.parametrize("name", mutation.SLICES)
def test_every_module_and_test_that_is_named_exists(name: str) -> None:
    wanted = mutation.SLICES[name]
    package = mutation.ROOT / "layers" / "assent" / "python" / "assent" / name

    assert [m for m in wanted.modules if not (package / f"{m}.py").is_file()] == []
    asked = (*wanted.tests, *wanted.later)
    assert [path for path in asked if not (mutation.ROOT / path).exists()] == []


def test_an_unknown_slice_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert mutation.main(["nothing"]) == 2
    assert "sms, consent" in capsys.readouterr().err
