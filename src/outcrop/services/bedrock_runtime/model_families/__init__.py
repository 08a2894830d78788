"""The native forms of each vendor's models: bodies of InvokeModel, read and written."""
