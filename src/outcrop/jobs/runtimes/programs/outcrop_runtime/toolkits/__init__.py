"""AWS's own toolkits, with what they take for granted of their machine set right."""
