"""AutoML on tables: candidates as training jobs, and the best of them."""
