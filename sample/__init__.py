"""An invented business whose files follow the raw contract: `generate` is the command, `sql/` creates it step by step.

Not here: anything the refresh needs at run time. The committed landing (`seeds/sample_landing`) is made by it.
"""
