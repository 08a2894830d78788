"""Speech from text: what is written becomes words, words become sounds, sounds become samples."""
