"""The dashboard: a static site made from one publication, opened from disk or any web server.

Here: reading the marts and preparing the figures for the pages (Python), and the pages themselves (static/). Not here:
the meaning and computation of a figure (the dbt project), the command that serves the pages (cli), when the site is
built and how it replaces the old one (orchestration, duebook/publication).
"""
