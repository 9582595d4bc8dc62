"""A project with dj-stripe as its documentation sets it up, and a view that only verifies and inserts."""
