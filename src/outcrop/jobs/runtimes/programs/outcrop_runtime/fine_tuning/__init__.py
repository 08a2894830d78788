"""What Hugging Face's image does without a script: a transformer learns to classify texts.

parameters   what is asked for
texts        a channel's files → this instance's labelled texts
beginnings   the model to begin with
fitting      data-parallel training, measured after each epoch
job          the training from its first line to its last
"""
