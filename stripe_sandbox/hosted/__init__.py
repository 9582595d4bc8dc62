"""Checkout, Portal, invoices and the dashboard: what people see."""
