"""``python -m govshare.cli``: the govshare command."""

from govshare.cli.main import main

main()
