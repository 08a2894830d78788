"""Pictures and sound as users send them, read and written in workers with limits."""
