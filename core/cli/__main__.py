"""`python -m core.cli`: how zc starts itself as a child."""

from core.cli import main

if __name__ == "__main__":  # the process pool's children import this file again
    main()
