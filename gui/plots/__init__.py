"""The plots, one class a file."""

import PySide6  # noqa: F401 (pyqtgraph speaks to the Qt binding that it finds imported)
