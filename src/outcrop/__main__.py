"""`python -m outcrop` is the `outcrop` command."""

from outcrop.cli import main

if __name__ == "__main__":
    main()
