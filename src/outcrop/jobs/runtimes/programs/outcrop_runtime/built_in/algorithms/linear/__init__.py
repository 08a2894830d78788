"""The parts of the linear learner: its hyperparameters, its fitting, its metrics."""
