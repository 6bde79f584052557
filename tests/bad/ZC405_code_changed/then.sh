echo "# changed" >> plugins/broken/plugin.py
