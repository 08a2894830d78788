"""Classes that a user defines by examples, told apart in vectors that a model made of them."""
