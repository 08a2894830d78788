"""The texts of documents, taken out and put back; all else stays as it was, byte by byte."""
