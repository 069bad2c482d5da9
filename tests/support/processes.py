"""What the processes of one test run share, by name; nothing of the project is imported here."""

# The environment variable that names the folder of compiled models (compiled_models.py).
COMPILED_FOLDER = "COMPILED_MODELS_OF_THIS_RUN"

# The environment variable that names the folder of what is made once for all (tests/conftest.py).
SHARED_FOLDER = "MADE_ONCE_FOR_THIS_RUN"
