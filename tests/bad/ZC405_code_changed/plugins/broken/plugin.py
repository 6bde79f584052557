"""A plugin whose file changes while zc runs."""
