"""JumpStart's public hub and bucket, filled from a catalogue of Outcrop's own."""
