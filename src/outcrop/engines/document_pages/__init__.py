"""The pages of documents: as pictures, and as the text that some files hold beside them."""
