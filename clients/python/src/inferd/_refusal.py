"""Why an export came to nothing."""


class ExportRefused(RuntimeError):
    """The bundle would not answer what the module answers, or cannot be made."""
