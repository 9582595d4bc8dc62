"""Cards, intents, charges, refunds and disputes."""
