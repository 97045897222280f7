"""The ground under every domain: the only engine, the only begin and commit."""
