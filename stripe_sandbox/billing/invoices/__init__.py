"""Invoices and their lines, from the draft on."""
