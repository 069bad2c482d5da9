"""What the processes of one test run share, by name; nothing of the project is imported here."""

# The environment variable that names the folder of compiled models (tests/property/harness.py).
COMPILED_FOLDER = "COMPILED_MODELS_OF_THIS_RUN"
