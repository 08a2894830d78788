"""`python -m outcrop_runtime.compilation`: compile the model of `/opt/ml/input/model`."""

from outcrop_runtime.compilation.job import main

if __name__ == "__main__":
    main()
