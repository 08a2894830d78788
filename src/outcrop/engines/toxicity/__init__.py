"""Whether a text hurts, threatens or disgusts, and how."""
