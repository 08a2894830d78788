"""Personal and secret data in texts: numbers of people and accounts, addresses, keys."""
