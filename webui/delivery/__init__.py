"""What the browser gets from others: fetched once where there is a network, then carried along in webui/assets."""
