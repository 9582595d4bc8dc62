"""Example: a user pays for the number of workspaces they own. README.md says how to take it over."""
