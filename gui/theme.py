"""Every colour, pen, font and size of the window; light or dark, at a scale from 1 to 3."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontDatabase,
    QFontInfo,
    QGuiApplication,
    QIcon,
    QPainter,
    QPalette,
    QPixmap,
)
from PySide6.QtSvg import QSvgRenderer

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
SCALES = (1.0, 1.25, 1.5, 2.0, 3.0)
BODY = 13  # pixels, the smallest text
GRID = 8  # pixels, the unit of every gap
ICON = 20  # pixels
MOST_ICONS = 512  # kept as they are drawn; a window has some 150 at a time

# One meaning, one colour (Okabe and Ito 2008, safe for the colour-blind), in both palettes.
DATA = "#0072B2"
MODEL = "#D55E00"
REFERENCE = "#009E73"
GRADIENT = "#CC79A7"
# The loss of the points held out: apart from the model's colour for the colour-blind too, who see it as
# blue. What is left of the palette is too pale for a curve upon white, or, being black, upon a dark ground.
VALIDATION = "#8262C8"

CHINESE_FONTS = (
    "PingFang SC",
    "Microsoft YaHei UI",
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
)


@dataclass(frozen=True)
class Theme:
    """The look of one window; a change of it builds another window."""

    dark: bool = False
    scale: float = 1.0

    @property
    def background(self) -> str:
        """Behind panels and bars."""
        return "#16191E" if self.dark else "#F4F5F7"

    @property
    def surface(self) -> str:
        """Behind plots and in fields."""
        return "#1D2127" if self.dark else "#FFFFFF"

    @property
    def text(self) -> str:
        return "#E8EAED" if self.dark else "#1B1F24"

    @property
    def muted(self) -> str:
        """Secondary text; at least 4.5 : 1 against background and surface."""
        return "#A3ABB6" if self.dark else "#5A6270"

    @property
    def hairline(self) -> str:
        """The thin lines that part things."""
        return "#333A44" if self.dark else "#D5D9DF"

    @property
    def accent(self) -> str:
        """The one colour of what can be pressed or is chosen."""
        return "#4C9BE8" if self.dark else "#1F6FC4"

    @property
    def on_accent(self) -> str:
        """Text upon the accent."""
        return "#0B0D10" if self.dark else "#FFFFFF"

    @property
    def accent_soft(self) -> str:
        """Behind what is switched on."""
        return "#24405E" if self.dark else "#D6E6F7"

    @property
    def was(self) -> str:
        """The ghost of what was: the start, an abandoned run."""
        return "#8A929D" if self.dark else "#858B94"

    @property
    def warning(self) -> str:
        """Text of what went wrong."""
        return "#FF9E80" if self.dark else "#B3370F"

    def faded(self, colour: str) -> str:
        """`colour`, half as strong upon the surface."""
        one, other = QColor(colour), QColor(self.surface)
        mean = [(a + b) // 2 for a, b in zip(_channels(one), _channels(other), strict=True)]
        return QColor(*mean).name()

    @property
    def zone_tints(self) -> dict[str, str]:
        """Behind the zones of the learning rate (core.insight.stability.ZONES), from too slow to too fast."""
        names = ("crawling", "smooth", "oscillating", "diverging")
        light, dark = (
            ("#CBD3DD", "#A9DCC5", "#F2DA9B", "#F0B5A4"),
            ("#3C4755", "#1F6650", "#6E5819", "#7A3A2B"),
        )
        return dict(zip(names, dark if self.dark else light, strict=True))

    @property
    def heights(self) -> tuple[str, ...]:
        """The loss as a ground, from the lowest to the highest: one hue whose lightness alone changes.

        So it reads the same to the colour-blind, and lies quietly under the colours that mean something.
        """
        light = ("#FFFFFF", "#E9EFF6", "#CCDAE9", "#A9C0DA", "#86A4C6")
        dark = ("#1B2028", "#212C3A", "#2A3E55", "#355373", "#446A93")
        return dark if self.dark else light

    @property
    def deep_heights(self) -> tuple[str, ...]:
        """The same for a map that nothing but small marks lies upon, and that tells more heights apart."""
        deeper = ("#86B4E8", "#C4DFFB") if self.dark else ("#4F7FB5", "#1D4E89")
        return (*self.heights, *deeper)

    @property
    def code(self) -> dict[str, str]:
        """The colours of the words of a program; at least 4.5 : 1, also upon what is lit."""
        kinds = ("keyword", "string", "number", "name", "comment")
        light, dark = (
            ("#7A3E9D", "#1A6B45", "#8A4B08", "#1B5E9E", self.muted),
            ("#CDA9EE", "#93D3AC", "#E9BC80", "#9CC8F4", self.muted),
        )
        return dict(zip(kinds, dark if self.dark else light, strict=True))

    def px(self, length: float) -> int:
        """`length`, in pixels at scale 1, at this theme's scale."""
        return round(length * self.scale)

    def font(self, size: float = BODY, bold: bool = False, digits: bool = False) -> QFont:
        """The system's font at `size` pixels; `digits` makes all figures equally wide."""
        font = QFont(QGuiApplication.font())
        font.setPixelSize(self.px(size))
        font.setBold(bold)
        if digits:
            font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def code_font(self, size: float = BODY) -> QFont:
        """The system's font of equally wide letters; what it lacks, such as Chinese, is of the other."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setFamilies([QFontInfo(font).family(), *QGuiApplication.font().families()])
        font.setPixelSize(self.px(size))
        return font

    def palette(self) -> QPalette:
        """The colours of Qt's Fusion style."""
        palette = QPalette()
        role = QPalette.ColorRole
        colours = {
            role.Window: self.background,
            role.Base: self.surface,
            role.AlternateBase: self.background,
            role.Button: self.background,
            role.ToolTipBase: self.surface,
            role.WindowText: self.text,
            role.Text: self.text,
            role.ButtonText: self.text,
            role.ToolTipText: self.text,
            role.BrightText: self.warning,
            role.PlaceholderText: self.muted,
            role.Highlight: self.accent,
            role.HighlightedText: self.on_accent,
            role.Accent: self.accent,
            role.Link: self.accent,
            role.LinkVisited: self.accent,
            role.Mid: self.hairline,
            role.Midlight: self.hairline,
        }
        for name, colour in colours.items():
            palette.setColor(name, QColor(colour))
        for name in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
            palette.setColor(QPalette.ColorGroup.Disabled, name, QColor(self.was))
        return palette

    def style_sheet(self) -> str:
        """What Fusion and the palette leave open: hairlines, quiet buttons, the one that matters."""
        px = self.px
        return f"""
            QToolTip {{ color: {self.text}; background: {self.surface}; border: 1px solid {self.hairline};
                        padding: {px(4)}px; }}
            QToolBar {{ border: none; border-bottom: 1px solid {self.hairline}; spacing: 0;
                        padding: {px(4)}px; background: {self.background}; }}
            QToolBar[card="true"] {{ background: transparent; border: none; spacing: {px(1)}px;
                                     padding: {px(2)}px; }}
            QToolBar[foot="true"] {{ border: none; padding: {px(4)}px 0;
                                    border-top: 1px solid {self.hairline}; }}
            QToolBar::separator {{ background: {self.hairline}; width: 1px; margin: {px(4)}px; }}
            QMenuBar {{ background: {self.background}; }}
            QToolButton {{ border: 1px solid transparent; border-radius: {px(4)}px;
                           padding: {px(4)}px {px(6)}px; }}
            QToolButton:hover:enabled, QToolButton:focus {{ border-color: {self.accent}; }}
            QToolButton:checked {{ background: {self.accent_soft}; border-color: {self.accent}; }}
            #qt_toolbar_ext_button, #more_tabs {{ background: {self.accent_soft}; padding: 0;
                                                  min-width: {px(12)}px; }}
            QToolButton::menu-indicator {{ image: none; }}
            QToolButton[primary="true"] {{ background: {self.accent}; color: {self.on_accent};
                                           font-weight: bold; }}
            QToolButton[outlined="true"]:!checked {{ border-color: {self.hairline};
                                                     background: {self.surface}; }}
            QToolButton[segment="first"] {{ border-top-right-radius: 0; border-bottom-right-radius: 0;
                                            margin-left: {px(6)}px; }}
            QToolButton[segment="middle"] {{ border-radius: 0; margin-left: -{px(2)}px; }}
            QToolButton[segment="last"] {{ border-top-left-radius: 0; border-bottom-left-radius: 0;
                                           margin-left: -{px(2)}px; }}
            QToolBar > QToolButton {{ padding: {px(3)}px; }}
            QToolButton[small="true"] {{ padding: {px(2)}px; }}
            QToolButton[outlined="true"]:hover:enabled {{ border-color: {self.accent}; }}
            QCheckBox::indicator {{ width: {px(16)}px; height: {px(16)}px; border: 1px solid {self.muted};
                                    border-radius: {px(3)}px; background: {self.surface}; }}
            QCheckBox::indicator:checked {{ background: {self.accent}; border-color: {self.accent};
                                            image: url({(RESOURCES / "icons" / "tick.svg").as_posix()}); }}
            QCheckBox {{ padding: {px(3)}px; }} QCheckBox:focus {{ outline: none; }}
            QLabel[muted="true"] {{ color: {self.muted}; }}
            QFrame[section="true"] {{ border: none; border-bottom: 1px solid {self.hairline}; }}
            QFrame[card="true"] {{ background: {self.surface}; border: none; }}
            QFrame[card="false"] {{ background: {self.background}; border: none; }}
            QScrollArea {{ border: none; }}
            QFrame[floating="true"] {{ border: {px(2)}px solid {self.accent}; border-bottom: none;
                                       background: {self.accent_soft}; }}
            QScrollArea[floating="true"] {{ border: {px(2)}px solid {self.accent}; border-top: none; }}
            QSplitter::handle {{ background: {self.hairline}; }}
            QMainWindow::separator {{ background: {self.hairline}; width: {px(4)}px; height: {px(4)}px; }}
            QMainWindow::separator:vertical {{ {self._grip("x1: 0, y1: 0, x2: 0, y2: 1")} }}
            QMainWindow::separator:horizontal {{ {self._grip("x1: 0, y1: 0, x2: 1, y2: 0")} }}
            QSlider::groove:horizontal {{ height: {px(4)}px; border-radius: {px(2)}px;
                                          background: {self.hairline}; }}
            QSlider::sub-page:horizontal {{ background: {self.accent}; border-radius: {px(2)}px; }}
            QSlider::sub-page:horizontal:disabled {{ background: {self.hairline}; }}
            QSlider::handle:horizontal {{ width: {px(10)}px; margin: -{px(5)}px 0; border-radius: {px(7)}px;
                                          border: {px(2)}px solid {self.accent};
                                          background: {self.surface}; }}
            QSlider::handle:horizontal:focus {{ background: {self.accent}; }}
            QSlider::handle:horizontal:disabled {{ border-color: {self.was}; }}
            QMainWindow::separator:hover {{ background: {self.accent}; }}
            QDockWidget {{ background: {self.hairline}; border: 1px solid {self.hairline}; }}
            QTabBar {{ qproperty-drawBase: 0; }}
            QTabBar::tab {{ background: transparent; color: {self.muted}; border: none;
                            border-bottom: {px(2)}px solid transparent; padding: {px(4)}px {px(6)}px; }}
            QTabBar::tab:selected {{ color: {self.text}; border-bottom-color: {self.accent}; }}
            QTabBar::tab:hover {{ color: {self.accent}; }}
        """

    def _grip(self, along: str) -> str:
        """The ground of a line between panels, with what is to be taken hold of in its middle."""
        stops = ((0, "hairline"), (0.45, "hairline"), (0.451, "was"), (0.549, "was"), (0.55, "hairline"))
        colours = ", ".join(f"stop: {place} {getattr(self, colour)}" for place, colour in stops)
        return f"background: qlineargradient({along}, {colours});"

    def icon(self, name: str, colour: str = "") -> QIcon:
        """The icon `resources/icons/NAME.svg`, tinted in `colour`, or as text is."""
        ratio = (
            QGuiApplication.primaryScreen().devicePixelRatio()
        )  # the screen itself is another with each asking
        return QIcon(_tinted(name, colour or self.text, self.px(ICON), ratio))

    def icon_size(self) -> QSize:
        """The size of icons on bars and buttons."""
        return QSize(self.px(ICON), self.px(ICON))


def _channels(colour: QColor) -> tuple[int, int, int]:
    return colour.red(), colour.green(), colour.blue()


@lru_cache(MOST_ICONS)
def _tinted(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    """One icon of `size` pixels in one colour, for a screen of so many dots a pixel."""
    svg = (RESOURCES / "icons" / f"{name}.svg").read_bytes()
    renderer = QSvgRenderer(QByteArray(svg.replace(b"currentColor", colour.encode())))
    pixmap = QPixmap(round(size * ratio), round(size * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    renderer.render(painter, QRectF(0, 0, size, size))
    painter.end()
    return pixmap


def system_is_dark() -> bool:
    """Whether the desktop asks for a dark window."""
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def add_fonts() -> None:
    """Fall back on a font for Simplified Chinese: the system's own, or else the one in resources/fonts."""
    chinese = next((family for family in CHINESE_FONTS if QFontDatabase.hasFamily(family)), None)
    if chinese is None:
        file = RESOURCES / "fonts" / "FitscopeCJK-Regular.otf"
        families = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(str(file)))
        chinese = families[0] if families else ""
    font = QGuiApplication.font()
    # A name that stands for a font, such as "Sans Serif", loses its letters to the real one after it.
    font.setFamilies([family for family in (QFontInfo(font).family(), chinese) if family])
    QGuiApplication.setFont(font)
