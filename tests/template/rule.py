"""A rule over every resource of the template, with the mistake that it must find."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType

from tests.template.stack import Stack, Template

Check = Callable[[Stack], Iterator[str]]
# Spoils a translated template in place.
Mistake = Callable[[Template], object]


@dataclass(frozen=True)
class Rule:
    """Yields one complaint for each resource that breaks it."""

    check: Check
    mistakes: tuple[Mistake, ...]

    def __str__(self) -> str:
        """Return the sentence that the rule's name is."""
        return self.check.__name__


def finds(*mistakes: Mistake) -> Callable[[Check], Rule]:
    """Make a rule, together with mistakes that it finds: one that cannot fail is none."""

    def make(check: Check) -> Rule:
        return Rule(check, mistakes)

    return make


def rules_of(module: ModuleType) -> list[Rule]:
    """All rules of a module, as they stand there."""
    return [value for value in vars(module).values() if isinstance(value, Rule)]


def properties(template: Template, name: str) -> Template:
    """Properties of one resource of a translated template."""
    found: Template = template["Resources"][name]["Properties"]
    return found
