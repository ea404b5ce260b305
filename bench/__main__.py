"""Run all benches and print the table."""

from bench import counted, importing, speed
from bench.results import show


def main() -> None:
    """Count, compare, show."""
    show([*counted.results(), *importing.results(), *speed.results()])


if __name__ == "__main__":
    main()
