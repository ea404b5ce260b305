"""Message templates: text with variables, in a small and safe part of the Liquid language.

A variable without a value stops the message unless the template gives a fallback
(`{{ first_name | default: "there" }}`): nobody gets "Hi ,". `compile` once, `render` many times.
"""

import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from liquid import BoundTemplate, Environment
    from liquid.exceptions import LiquidError

LONGEST_SOURCE = 4_000
LONGEST_MESSAGE = 1_600  # characters: the most that providers take for one text message
MOST_LOOPS = 100
_KEPT = 1_000  # messages of a template that are kept for others with the same values
_NO_TEXT = object()


# Nothing here multiplies its input: a chain of `replace` or `join` could fill the memory.
_FILTERS = frozenset(
    re.findall(
        r"\w+",
        """
append capitalize ceil default divided_by downcase first floor last minus plus prepend round size
strip times truncate truncatewords upcase
""",
    )
)
# The first three stand for plain text, output and errors.
_TAGS = frozenset(
    re.findall(r"\S+", "content output illegal if unless case for break continue comment #")
)


class TemplateProblem(StrEnum):
    """What is wrong with a template, or with the values given to it."""

    broken = "broken"
    unknown_variable = "unknown_variable"
    unknown_filter = "unknown_filter"
    unknown_tag = "unknown_tag"
    missing_value = "missing_value"
    too_long = "too_long"
    too_many_loops = "too_many_loops"
    empty = "empty"


class TemplateError(ValueError):
    """A template that cannot be used; `code` says why, the message what to do about it."""

    def __init__(
        self,
        code: TemplateProblem,
        message: str,
        *,
        variable: str | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(message if line is None else f"Line {line}: {message}")
        self.code = code
        self.variable = variable
        self.line = line


class Template:
    """A compiled template; made by `compile`."""

    def __init__(self, source: str, bound: "BoundTemplate") -> None:
        self.source = source
        self._bound = bound
        self.variables: tuple[str, ...] = tuple(sorted(_paths(bound)))
        # Half of all people share a few hundred first names, and a text names little else.
        self._again: dict[tuple[object, ...], str] = {}

    def render(self, variables: Mapping[str, object]) -> str:
        """Return the message for these values; raises `TemplateError`.

        A value that is `None` or blank counts as missing: it takes the fallback, or is an error.
        """
        values = _present(variables)
        texts = tuple(_at(name, values) for name in self.variables)
        if any(text is _NO_TEXT for text in texts):
            return self._render(values)
        if texts not in self._again:
            message = self._render(values)
            if len(self._again) == _KEPT:
                self._again.clear()
            self._again[texts] = message
        return self._again[texts]

    def _render(self, values: dict[str, object]) -> str:
        from liquid import exceptions  # noqa: PLC0415 - see `_environment`

        try:
            text = self._bound.render(values)
        except exceptions.UndefinedError as error:
            name = _quoted(error)
            raise TemplateError(
                TemplateProblem.missing_value,
                f"There is no value for {name}. Fill it in, or give a fallback:"
                f' {{{{ {name} | default: "there" }}}}.',
                variable=name,
                line=_line(error),
            ) from None
        except exceptions.LoopIterationLimitError as error:
            raise TemplateError(
                TemplateProblem.too_many_loops,
                f"The template repeats more than {MOST_LOOPS} times. Loop over a shorter list.",
                line=_line(error),
            ) from None
        except exceptions.OutputStreamLimitError:
            raise _message_too_long() from None
        except exceptions.LiquidError as error:
            raise TemplateError(
                TemplateProblem.broken,
                f"{_sentence(error)} Correct the template.",
                line=_line(error),
            ) from None
        if len(text) > LONGEST_MESSAGE:
            raise _message_too_long()
        return text


def compile(  # noqa: A001 - `templates.compile` reads like `re.compile`
    template: str, *, allowed: Collection[str] | None = None
) -> Template:
    """Check and compile a template; raises `TemplateError`.

    With `allowed`, every variable must be one of these names (`custom` allows `custom.city`).
    """
    from liquid import exceptions  # noqa: PLC0415 - see `_environment`

    if not template.strip():
        raise TemplateError(TemplateProblem.empty, "The message is empty. Write its text.")
    if len(template) > LONGEST_SOURCE:
        raise TemplateError(
            TemplateProblem.too_long,
            f"The template has {len(template)} characters; {LONGEST_SOURCE} are allowed."
            " Shorten it.",
        )
    try:
        bound = _environment().from_string(template)
        unknown = sorted(set(bound.analyze().filters) - _FILTERS)
    except exceptions.LiquidError as error:
        raise _not_compiled(error) from None
    if unknown:
        raise _unknown_filter(unknown[0])
    compiled = Template(template, bound)
    if allowed is not None:
        for name in compiled.variables:
            if name not in allowed and name.split(".")[0] not in allowed:
                raise TemplateError(
                    TemplateProblem.unknown_variable,
                    f"There is no variable {name}. Use one of: {', '.join(sorted(allowed))}.",
                    variable=name,
                )
    return compiled


def variables_of(template: str) -> tuple[str, ...]:
    """Return the names of the variables that a template uses, sorted; raises `TemplateError`."""
    return compile(template).variables


@cache
def _environment() -> "Environment":
    # Loading the library takes some 200 ms: only functions that render templates should pay.
    from liquid import Environment, FalsyStrictUndefined  # noqa: PLC0415

    class Limited(Environment):
        loop_iteration_limit = MOST_LOOPS
        output_stream_limit = 4 * LONGEST_MESSAGE  # counted in bytes
        local_namespace_limit = 4 * LONGEST_MESSAGE
        block_nesting_limit = 10
        context_depth_limit = 10

    environment = Limited(undefined=FalsyStrictUndefined)
    for name in set(environment.filters) - _FILTERS:
        del environment.filters[name]
    for name in set(environment.tags) - _TAGS:
        del environment.tags[name]
    return environment


def _paths(bound: "BoundTemplate") -> set[str]:
    """Return the variables with dots as the template writes them, loops' own names left out."""
    return set(bound.global_variable_paths())


def _at(name: str, values: Mapping[str, object]) -> object:
    """Return the text that a variable names, or `None` where there is none to name.

    `_NO_TEXT` stands for all else: lists, what Liquid itself knows of a text (`first_name.size`),
    names in quotes.
    """
    value: object = values
    for part in name.split("."):
        if not isinstance(value, Mapping) or not part.isidentifier():
            return _NO_TEXT
        value = value.get(part)
        if value is None:
            return None
    return value if isinstance(value, str) else _NO_TEXT


def _present(variables: Mapping[str, object]) -> dict[str, object]:
    """Return the values that are there; `None` and blank text are not, at any depth."""
    found: dict[str, object] = {}
    for name, value in variables.items():
        if isinstance(value, Mapping):
            found[name] = _present(value)
        elif value is not None and not (isinstance(value, str) and not value.strip()):
            found[name] = value
    return found


def _not_compiled(error: "LiquidError") -> TemplateError:
    if str(error.message).startswith("unexpected tag"):
        return TemplateError(
            TemplateProblem.unknown_tag,
            f"{{% {_quoted(error)} %}} cannot be used here."
            " Use if, unless, case or for, each with its end.",
            line=_line(error),
        )
    return TemplateError(
        TemplateProblem.broken,
        f"{_sentence(error)} Check the braces: {{{{ first_name }}}}.",
        line=_line(error),
    )


def _unknown_filter(name: str) -> TemplateError:
    return TemplateError(
        TemplateProblem.unknown_filter,
        f"There is no filter {name}. Use one of: {', '.join(sorted(_FILTERS))}.",
    )


def _message_too_long() -> TemplateError:
    return TemplateError(
        TemplateProblem.too_long,
        f"The message would be longer than {LONGEST_MESSAGE} characters. Shorten the text.",
    )


def _quoted(error: "LiquidError") -> str:
    """Return the name that the library's message is about."""
    text = str(error.message)
    match = re.search(r"'([^']+)'", text)
    return match[1] if match else text.removesuffix(" is undefined")


def _line(error: "LiquidError") -> int | None:
    """Return the line, where the template has more than one."""
    context = error.context()
    return context[0] if context and "\n" in getattr(error.token, "source", "") else None


def _sentence(error: "LiquidError") -> str:
    text = str(error.message).strip().rstrip(".")
    return f"The template cannot be read: {text}."
