"""The published language: operations and events of every service, as marshmallow and plain data."""
