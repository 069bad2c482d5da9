"""The command `duebook refresh`: one refresh, told to a person.

Here: reading settings from the command line, running the job `daily_refresh` in this process, saying how it goes, how
it went and why it failed. Not here: what a refresh does (orchestration).
"""
