"""What flywheels are made of: they train new versions of a model as labelled documents come."""
