"""Qlib's binary folders: read in place as a source, written as an export of a market."""

from quantgpt.market.qlib_folder.codes import our_symbol, qlib_code
from quantgpt.market.qlib_folder.convention import QlibMarket
from quantgpt.market.qlib_folder.folder import QlibFolder, is_qlib_folder
from quantgpt.market.qlib_folder.instruments import Membership
from quantgpt.market.qlib_folder.panels import Panels, PanelSource
from quantgpt.market.qlib_folder.writing import Exported, export_folder

__all__ = [
    "Exported",
    "Membership",
    "PanelSource",
    "Panels",
    "QlibFolder",
    "QlibMarket",
    "export_folder",
    "is_qlib_folder",
    "our_symbol",
    "qlib_code",
]
