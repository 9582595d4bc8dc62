"""Money, tax, discounts, and the periods that they count by."""
