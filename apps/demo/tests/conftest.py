from apps.subscriptions.tests.conftest import holder, owner, owner_client

__all__ = ["holder", "owner", "owner_client"]
