"""A folder that lacks its plugin.yaml."""
