"""Documents that requests carry as bytes: PDF, Word, pictures, texts, Textract's answers."""
