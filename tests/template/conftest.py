"""The translated template, made once."""

import pytest

from tests.template.stack import Template, load, translate


@pytest.fixture(scope="session")
def source() -> Template:
    """The template as it is written; copy before changing."""
    return load()


@pytest.fixture(scope="session")
def translated(source: Template) -> Template:
    """The template after the SAM transform; copy before changing."""
    return translate(source)
