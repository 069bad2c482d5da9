"""What persons may ask of whoever holds data of them: erasing, exporting; and letting go of what is old.

Here: the order of things over a whole home, and what is written down of it. Not here: which rows are whose
(duebook/persons.py), clearing landed rows (duebook/landing) and publications (duebook/publication).
"""
