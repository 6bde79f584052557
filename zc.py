"""Run zc from a checkout: python zc.py COMMAND."""

from core.cli import main

main()
