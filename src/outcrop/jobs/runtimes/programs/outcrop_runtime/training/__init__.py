"""The default trainer: what a framework's image does when no script is given.

contract ──> hyperparameters, channels    what is asked for, and where the data are
reading                                   files → this instance's part of the rows
summaries ──> tasks                       what the columns and the labels are, over all instances
examples                                  rows → tensors
fitting                                   data-parallel training with early stopping
"""
