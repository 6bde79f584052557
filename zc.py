"""Run zc from a checkout: python zc.py COMMAND."""

from core.cli import main

if __name__ == "__main__":  # the process pool's children import this file again
    main()
