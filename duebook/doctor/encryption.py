"""Whether the private databases of a home are encrypted, all of them or none.

Not here: whether they can be read (databases.py), which they are (duebook/encrypted_home.py).
"""

from duebook.doctor.findings import Finding, Part
from duebook.encrypted_home import private_files
from duebook.encryption import EncryptionError, is_encrypted, keys
from duebook.settings import Settings
from duebook.words import counted

ENCRYPTION = "encryption"


def encryption(settings: Settings) -> Part:
    """Look at what private databases say of themselves; none is opened.

    Args:
        settings: whose home.
    """
    files = private_files(settings)
    clear = [file for file in files if not is_encrypted(file)]
    try:
        has_key = bool(keys())
    except EncryptionError as error:
        return Part(ENCRYPTION, "the key", (Finding(str(error), "Until then nothing encrypted can be read."),))
    if len(clear) == len(files) and not has_key:
        return Part(ENCRYPTION, f"off: {counted(len(files), 'private database')} in the clear")
    looked_at = f"{len(files) - len(clear)} of {counted(len(files), 'private database')} encrypted"
    if not clear:
        return Part(ENCRYPTION, looked_at)
    said = f"{counted(len(clear), 'private database')} in the clear, such as {clear[0]}"
    return Part(ENCRYPTION, looked_at, (Finding(said, "`duebook encrypt` encrypts them; no refresh begins before."),))
