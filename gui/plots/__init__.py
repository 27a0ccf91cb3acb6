"""The plots, one class a file."""

from gui.plots.mirror import import_pyqtgraph

import_pyqtgraph()
