"""What models can do, in the words of the field: knows nothing of AWS."""
