"""What a subscription lives through, from its first period to its end."""
