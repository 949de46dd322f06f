"""Why bytes could not be read as DLMS/COSEM."""


class DecodeError(ValueError):
    """The bytes are not what the standard or the meter's description says; the text tells where."""
