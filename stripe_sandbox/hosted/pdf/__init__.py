"""Invoices as PDF, printed by reportlab."""
