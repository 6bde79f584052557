"""`python -m core.cli`: how zc starts itself as a child."""

from core.cli import main

main()
