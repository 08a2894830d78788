"""Scripts that JumpStart's public bucket offers; they run by themselves."""
