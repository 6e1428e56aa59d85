"""``python -m backstory``: the command line."""

from backstory.cli import main

main()
