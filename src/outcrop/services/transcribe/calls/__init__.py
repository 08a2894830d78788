"""What is told of a call: who said what, for how long, how loud and in which mood."""
