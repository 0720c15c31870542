"""The demonstration district: people with a known truth, and their programs' exports."""

from demo.district import Summary, write_district
from demo.exports import PROGRAMS
from demo.rates import Rates

__all__ = ["PROGRAMS", "Rates", "Summary", "write_district"]
