"""AutoML on tables: one candidate is one algorithm, tuned by FLAML on one table."""
