"""Speech to text: what is said in a recording, word by word."""
