"""The vocabulary of AWS, without input or output: errors, ARNs, HTTP messages, signatures."""
