"""What of a home is sound: looked at without writing in it, and without keeping a refresh waiting.

Here: a module for each kind of thing that is looked at, a function for each part, and all of them in their order
(examination.py). Not here: the command (cli/doctor.py), mending anything.
"""
