"""How words sound, in the International Phonetic Alphabet as Kokoro's model was trained on it."""
