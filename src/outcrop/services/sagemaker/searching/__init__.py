"""Search below the operation: what is searched, how properties are found, what expressions say."""
