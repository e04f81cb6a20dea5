"""`python -m autograder` is the `autograder` command."""

import sys


def main() -> None:
    """Run the command; where what it needs is not installed, say what to install."""
    try:
        from autograder import cli
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in ("autograder", "course"):
            raise
        sys.exit(f"autograder: {error.name} is not installed: pip install 'no-task-left-behind[grade]'")
    cli.main()


if __name__ == "__main__":
    main()
