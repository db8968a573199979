"""`python -m advocacy_monitor`."""

from advocacy_monitor.cli import main

if __name__ == "__main__":
    main()
