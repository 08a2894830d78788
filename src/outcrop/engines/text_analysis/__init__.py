"""What a text is made of: words and their parts of speech, names, noun phrases, sentences."""
