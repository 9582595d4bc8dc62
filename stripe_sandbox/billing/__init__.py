"""The rules of billing: what becomes of subscriptions, invoices and payments."""
