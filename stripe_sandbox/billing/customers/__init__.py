"""Customers: how they are made, where they are, what they owe or are owed, their tax ids."""
