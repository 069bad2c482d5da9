"""The dashboard: a static site made from one publication, opened from disk or any web server.

Here: reading the marts and laying the figures out for the pages (Python), the pages themselves (static/), and the
command that builds and serves them (`duebook dashboard`). Not here: any figure's meaning or making (the dbt project),
when it is built and how it is swapped in (duebook/publication).
"""
