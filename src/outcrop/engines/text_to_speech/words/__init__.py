"""What is written, as it is read aloud: numbers, dates and sums of money become words."""
