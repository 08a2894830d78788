"""How much is tried: the same little in every run, much and always other things in a long one."""

from hypothesis import HealthCheck, settings

SHORT = settings(
    max_examples=200,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=(
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ),
)
LONG = settings(SHORT, max_examples=5_000, derandomize=False, print_blob=True)
